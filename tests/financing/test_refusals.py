"""A bank's refusal becomes a task: the reason in words, what to work on, until it passes or the consultant is done."""

from typing import Any

from plut_api.financing.models import Readiness, ReadinessStatus, ReferralState
from plut_api.kit import clock
from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.factories import Make
from tests.financing.loans import Lent, lent, of_bank, refused_move

KIND = "referral.refused"
STEPS = {"incomplete_file": {"U-G01", "U-G03", "U-G07", "U-S04"}}


async def refused(make: Make, reason_code: str = "incomplete_file") -> Lent:
    found = await lent(make, ReferralState.rejected)
    await make.add(refused_move(found.referral, reason_code, note="KTP belum jelas."))
    return found


async def judged(make: Make, found: Lent, **results: str) -> None:
    """How the rules were last found to be."""
    values: dict[str, Any] = {"rule_set": "umkm-v0", "status": ReadinessStatus.building, "score": 10}
    rows = [{"code": code.replace("_", "-"), "result": result} for code, result in results.items()]
    await make.add(Readiness(actor_id=found.actor.id, results=rows, computed_at=clock.now(), **values))


async def tasks(api: Api, found: Lent) -> list[str]:
    rows = (await api.as_(found.consultant).get("/v1/work-list", kind=KIND)).json()["data"]
    return [row["row_id"] for row in rows]


async def test_owner_and_consultant_read_the_reason_and_what_to_work_on(api: Api, make: Make) -> None:
    found = await refused(make)

    for reader in (found.owner, found.consultant, await make.staff(Role.dinas)):
        told = (await api.as_(reader).get(f"{found.path}/refusal")).json()
        assert (told["reason_code"], told["reason"]) == ("incomplete_file", "Berkas belum lengkap")
        assert (told["note"], told["is_open"], told["closed_at"]) == ("KTP belum jelas.", True, None)
        steps = {step["code"]: step for step in told["next_steps"]}
        assert set(steps) <= STEPS["incomplete_file"]
        assert steps["U-G03"]["result"] == "fail"
        assert steps["U-G03"]["step"]
    english = await api.as_(found.owner).get(f"{found.path}/refusal", headers={"Accept-Language": "en"})
    assert english.json()["reason"] == "The file is incomplete"


async def test_the_bank_has_no_part_in_what_follows(api: Api, make: Make) -> None:
    found = await refused(make)

    answers = [
        await of_bank(api, found).get(f"{found.path}/refusal"),
        await api.as_(await make.person()).get(f"{found.path}/refusal"),
        await api.as_(await make.consultant_of(await make.person())).post(
            f"{found.path}/refusal/close", note="Selesai."
        ),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "referral_not_found")] * 3


async def test_what_no_bank_refused_has_no_refusal(api: Api, make: Make) -> None:
    found = await lent(make, ReferralState.approved)

    read = await api.as_(found.owner).get(f"{found.path}/refusal")
    closed = await api.as_(found.consultant).post(f"{found.path}/refusal/close", note="Selesai.")

    assert [(a.status_code, a.json()["code"]) for a in (read, closed)] == [(404, "refusal_not_found")] * 2


async def test_it_waits_on_the_work_list_until_the_rules_behind_it_pass(api: Api, make: Make) -> None:
    waiting, done, unjudged = await refused(make), await refused(make), await refused(make)
    await judged(make, waiting, U_G01="pass", U_G03="fail", U_G07="not_applicable", U_S04="pass")
    await judged(make, done, U_G01="pass", U_G03="pass", U_G07="not_applicable", U_S04="pass", U_S01="fail")

    assert await tasks(api, waiting) == [str(waiting.referral.id)]
    assert await tasks(api, done) == []
    assert await tasks(api, unjudged) == [str(unjudged.referral.id)]


async def test_a_task_says_what_to_do_and_where(api: Api, make: Make) -> None:
    found = await refused(make, "existing_arrears")

    (task,) = (await api.as_(found.consultant).get("/v1/work-list", kind=KIND)).json()["data"]

    assert "Masih ada tunggakan" in task["words"]
    assert task["href"] == f"{found.path}/refusal"
    assert task["actor"]["id"] == str(found.actor.id)


async def test_a_reason_without_rules_waits_for_the_consultant_alone(api: Api, make: Make) -> None:
    found = await refused(make, "quota_exhausted")
    await judged(make, found, U_G03="pass")
    assert await tasks(api, found) == [str(found.referral.id)]

    closed = await api.as_(found.consultant).post(f"{found.path}/refusal/close", note="Diajukan ke bank lain.")

    assert closed.status_code == 200, closed.text
    assert (closed.json()["is_open"], closed.json()["close_note"]) == (False, "Diajukan ke bank lain.")
    assert closed.json()["closed_by"] == str(found.consultant.id)
    assert await tasks(api, found) == []


async def test_only_a_consultant_closes_it_and_only_once(api: Api, make: Make) -> None:
    found = await refused(make)
    path = f"{found.path}/refusal/close"

    owner = await api.as_(found.owner).post(path, note="Sudah saya urus.")
    answers = [await api.as_(found.consultant).post(path, note="Selesai.") for _ in range(2)]

    assert (owner.status_code, owner.json()["code"]) == (403, "consultant_only")
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["code"] == "refusal_closed"
