"""Case loads, and the monthly report."""

from datetime import date, timedelta

from plut_api.actors.models import Sex
from plut_api.consulting.models import ConsultingField
from plut_api.kit import clock
from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.consulting import visits
from tests.factories import VILLAGES, Make

MARCH = date(2026, 3, 10)


async def test_the_case_load_tells_clients_consultations_minutes_by_field_and_overdue_actions(
    api: Api, make: Make, statements: list[str]
) -> None:
    people = [await make.person() for _ in range(3)]
    consultant, idle = await make.consultant_of(*people), await make.staff(Role.consultant)
    await visits.consultation(make, people[0], consultant)
    await visits.held(make, people[0], consultant, on_date=MARCH, minutes=30)
    await visits.held(make, people[1], consultant, on_date=MARCH, minutes=45)
    await visits.held(make, people[1], consultant, on_date=MARCH, minutes=20, field=ConsultingField.finance)
    old = await visits.held(make, people[2], consultant, on_date=MARCH - timedelta(days=40))
    await visits.action(make, old)
    await visits.action(make, old, due_on=clock.today() + timedelta(days=5))
    dinas = api.as_(await make.staff())
    await dinas.get("/v1/case-loads")

    statements.clear()
    rows = (await dinas.get("/v1/case-loads", month="2026-03")).json()["data"]
    asked = len(statements)

    told = {row["consultant_id"]: row for row in rows}
    load = told[str(consultant.id)]
    assert (load["open_clients"], load["open_consultations"], load["consultations"], load["overdue_actions"]) == (
        *(3, 1),
        *(3, 1),
    )
    minutes = {one["field"]: (one["consultations"], one["minutes"]) for one in load["fields"]}
    assert (minutes["production"], minutes["finance"], minutes["marketing"]) == ((2, 75), (1, 20), (0, 0))
    assert (told[str(idle.id)]["open_clients"], told[str(idle.id)]["consultations"]) == (0, 0)
    assert asked == 1, statements
    own = await api.as_(consultant).get(f"/v1/consultants/{consultant.id}/case-load", month="2026-03")
    assert own.json() == load
    for who, whose in ((idle, consultant.id), (people[0], consultant.id), (await make.staff(), people[0].id)):
        foreign = await api.as_(who).get(f"/v1/consultants/{whose}/case-load")
        assert (foreign.status_code, foreign.json()["code"]) == (404, "consultant_not_found")
    assert (await api.as_(consultant).get("/v1/case-loads")).status_code == 403


async def test_the_report_tells_new_and_returning_clients_by_district_and_segment_and_minutes_by_field(
    api: Api, make: Make, statements: list[str]
) -> None:
    born = date(1980, 1, 1)
    woman = await make.person(birth_date=born, village_code=VILLAGES[0])
    man = await make.person(birth_date=born, village_code=VILLAGES[0], sex=Sex.male)
    consultant = await make.consultant_of(woman, man)
    for _ in range(2):
        await visits.held(make, woman, consultant, on_date=MARCH, minutes=30)
    await visits.held(make, man, consultant, on_date=MARCH - timedelta(days=60), minutes=30)
    await visits.held(make, man, consultant, on_date=date(2026, 3, 31), minutes=50, field=ConsultingField.marketing)
    await visits.consultation(make, man, consultant, on_date=MARCH)  # Appointed, never held.
    dinas = api.as_(await make.staff())
    await dinas.get("/v1/case-loads")

    statements.clear()
    report = (await dinas.get("/v1/consulting/report", month="2026-03")).json()

    assert len(statements) == 2, statements
    assert (report["month"], report["consultations"]) == ("2026-03", 3)
    minutes = {one["field"]: one["minutes"] for one in report["fields"]}
    assert (minutes["production"], minutes["marketing"]) == (60, 50)
    clients = {(one["district_code"], one["segment"]): (one["new"], one["returning"]) for one in report["clients"]}
    assert clients == {("52.71.01", "all"): (1, 1), ("52.71.01", "women"): (1, 0)}
    assert (await api.as_(consultant).get("/v1/consulting/report", month="2026-03")).status_code == 403
    assert (await dinas.get("/v1/consulting/report", month="2026-13")).status_code == 422
