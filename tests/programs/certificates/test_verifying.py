"""Verifying, printing, revoking and issuing certificates again."""

import re
import zlib
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from plut_api.actors.models import Person
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.messages.models import Message
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.certificates.printing import as_pdf
from tests.conftest import Api
from tests.factories import Make
from tests.programs.attendance.door import Sessions, Training, came, told, training, worked_off


async def certified(api: Api, make: Make, **given: Any) -> tuple[Training, dict[str, Any]]:
    """A participant who completed, and their certificate."""
    school = await training(make, **given)
    await came(make, school.session, *school.enrolments)
    await api.as_(school.organizer).post(f"/v1/enrolments/{school.enrolments[0].id}/complete")
    answer = await api.as_(school.people[0]).get(f"/v1/enrolments/{school.enrolments[0].id}/certificate")
    return school, answer.json()


async def test_anybody_verifies_a_certificate_and_sees_a_masked_name(api: Api, make: Make) -> None:
    school, told_to_holder = await certified(api, make)

    answer = await api.get(f"/v1/certificates/{told_to_holder['code']}")

    found = answer.json()
    name = " ".join(f"{word[0]}••••" for word in school.people[0].full_name.split())
    assert (answer.status_code, found["state"], found["person_name"]) == (200, "valid", name)
    assert (found["number"], found["program_title"]) == (told_to_holder["number"], school.program.title)
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert str(school.people[0].id) not in answer.text


@pytest.mark.parametrize("who", [Role.bank, Role.opd, Role.ojk, Role.partner])
async def test_organizations_verify_as_anybody_does(api: Api, make: Make, who: Role) -> None:
    _, certificate = await certified(api, make)

    signed_in = await api.as_(await make.staff(who)).get(f"/v1/certificates/{certificate['code']}")

    assert (signed_in.status_code, signed_in.json()["state"]) == (200, "valid")


async def test_a_code_is_read_as_people_write_it_down(api: Api, make: Make) -> None:
    _, certificate = await certified(api, make)
    code = certificate["code"]
    written = "-".join(code[at : at + 4] for at in range(0, 16, 4)).lower().replace("o", "0").replace("i", "1")

    assert (await api.get(f"/v1/certificates/{written}")).json()["number"] == certificate["number"]
    assert (await api.get(f"/v1/certificates/{'A' * 16}")).status_code == 404


async def test_a_certificate_is_printed_for_who_reaches_the_enrolment(api: Api, make: Make) -> None:
    school, certificate = await certified(api, make)
    path, of_seat = f"/v1/certificates/{certificate['code']}/pdf", f"/v1/enrolments/{school.enrolments[0].id}"

    printed = await api.as_(school.people[0]).get(path)
    by_accept = await api.as_(school.organizer).get(f"{of_seat}/certificate", headers={"Accept": "application/pdf"})
    other = await api.as_(await make.person()).get(path)
    anyone = await api.get(path)

    for answer in (printed, by_accept):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["cache-control"] == "no-store"
    assert (other.status_code, anyone.status_code) == (404, 401)


@pytest.mark.parametrize("name", ['#panic("x")', "*tebal* _miring_ $x$", '"); #import "@preview/x"', "@ada <b> \\ `x`"])
async def test_names_and_titles_are_text_in_print_whatever_they_spell(
    api: Api, make: Make, sessions: Sessions, name: str
) -> None:
    school, certificate = await certified(api, make, title=f"Judul {name}")
    async with unit_of_work(sessions) as db:
        await db.execute(update(Person).where(Person.id == school.people[0].id).values(full_name=name))
    again = await api.as_(school.organizer).post(f"/v1/certificates/{certificate['code']}/reissue")
    async with sessions() as db:
        row = (await db.scalars(select(Certificate).where(Certificate.code == again.json()["code"]))).one()

    pdf = await as_pdf(row, "https://plut.example")

    assert again.json()["person_name"] == name
    assert set(name) - {" "} <= characters_in(pdf)


def characters_in(pdf: bytes) -> set[str]:
    """The characters that a document draws: those that its fonts map their glyphs to (`bfchar`, ISO 32000-1 9.10.3)."""
    streams = re.findall(rb"stream\r?\n([\s\S]*?)\r?\nendstream", pdf)
    plain = [zlib.decompressobj().decompress(part) if part[:1] == b"x" else part for part in streams]
    maps = [block for part in plain for block in re.findall(rb"beginbfchar([\s\S]*?)endbfchar", part)]
    codes = [code for block in maps for code in re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]{4})>", block)]
    return {chr(int(code, 16)) for code in codes}


async def test_a_certificate_is_revoked_once_with_a_reason_that_anybody_reads(
    api: Api, make: Make, sessions: Sessions, app: FastAPI
) -> None:
    school, certificate = await certified(api, make)
    path = f"/v1/certificates/{certificate['code']}"
    organizer = api.as_(school.organizer)

    revoked = await organizer.post(f"{path}/revoke", reason="not_earned", note="Kehadiran orang lain.")
    again = await organizer.post(f"{path}/revoke", reason="other")
    seen = await api.get(path, headers={"Accept-Language": "en"})
    printed = await organizer.get(f"{path}/pdf")
    await worked_off(app)
    async with sessions() as db:
        letters = list(await db.scalars(select(Message).where(Message.template == "certificate_revoked")))

    assert (revoked.status_code, revoked.json()["state"], revoked.json()["note"]) == (
        200,
        "revoked",
        "Kehadiran orang lain.",
    )
    assert (again.status_code, again.json()["code"]) == (409, "certificate_revoked")
    assert (seen.json()["state"], seen.json()["reason_words"]) == ("revoked", "Its conditions were not fulfilled.")
    assert "Kehadiran orang lain." not in seen.text
    assert (printed.status_code, printed.json()["code"]) == (409, "certificate_revoked")
    assert [letter.recipient_id for letter in letters] == [school.people[0].id]
    assert (await told(sessions, "certificate.revoked"))[0].facts["reason"] == "not_earned"


async def test_a_certificate_is_issued_again_in_the_place_of_one(api: Api, make: Make) -> None:
    school, certificate = await certified(api, make)
    organizer, path = api.as_(school.organizer), f"/v1/certificates/{certificate['code']}"

    fresh = await organizer.post(f"{path}/reissue")
    twice = await organizer.post(f"{path}/reissue")
    old, new = await api.get(path), await api.get(f"/v1/certificates/{fresh.json()['code']}")
    newest = await api.as_(school.people[0]).get(f"/v1/enrolments/{school.enrolments[0].id}/certificate")

    assert (fresh.status_code, fresh.json()["replaces_id"]) == (200, certificate["id"])
    assert (twice.status_code, twice.json()["code"]) == (409, "certificate_replaced")
    assert (old.json()["state"], old.json()["reason"], new.json()["state"]) == ("revoked", "replaced", "valid")
    assert newest.json()["number"] == fresh.json()["number"]


async def test_the_organizer_and_the_dinas_revoke_and_nobody_else(api: Api, make: Make) -> None:
    school, certificate = await certified(api, make)
    path = f"/v1/certificates/{certificate['code']}/revoke"

    refused = {
        "holder": await api.as_(school.people[0]).post(path, reason="other"),
        "consultant": await api.as_(await make.consultant_of(*school.people)).post(path, reason="other"),
        "another": await api.as_(await make.staff(Role.opd)).post(path, reason="other"),
    }
    dinas = await api.as_(await make.staff(Role.dinas)).post(path, reason="wrong_person")

    assert {who: answer.status_code for who, answer in refused.items()} == {
        "holder": 403,
        "consultant": 403,
        "another": 404,
    }
    assert dinas.status_code == 200
