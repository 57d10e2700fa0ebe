"""A whole journey of invented people: none of their names, numbers and words is in a log line, a problem, an address,
an event or a metric.
"""

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from prometheus_client import generate_latest
from sqlalchemy import text
from structlog.testing import LogCapture

from plut_api.kit.caller import Caller, Role
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import OTP, bearer, sent_code
from tests.kit.files.built import png

PHONE, OTHER_PHONE = "+6281977755501", "+6281977755502"
INVENTED = {
    "name": "Baiq Rahasia Selaparang",
    "other name": "Lalu Tersembunyi Rinjani",
    "business": "Dodol Rahasia Bayan",
    "address": "Jalan Tersembunyi 17",
    "nik": "5271015705900003",
    "other nik": "5271015705900004",
    "nib": "0220103123456",
    "npwp": "0919998887776665",
    "phone": PHONE,
    "phone, as written": "081977755501",
    "other phone": OTHER_PHONE,
    "e-mail": "petugas.rahasia@contoh.example",
    "words": "Rahasia dapur keluarga",
    "sales": "123456789",
}


class Traces:
    """What a journey leaves behind where others may read it."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        self.structured = LogCapture()

    @property
    def all(self) -> list[tuple[str, str]]:
        """Where, and what."""
        return self.kept + [("structured log", str(entry)) for entry in self.structured.entries]

    def find(self) -> list[tuple[str, str, str]]:
        """Every trace that holds something invented: where, what kind of thing, the trace."""
        return [
            (where, kind, trace)
            for where, trace in self.all
            for kind, value in INVENTED.items()
            if value.lower() in trace.lower() or value.removeprefix("+62") in trace
        ]


class TracingApi(Api):
    """An API that keeps addresses, headers, and the bodies of refusals."""

    def __init__(self, app: FastAPI, traces: Traces, caller: Caller | None = None) -> None:
        super().__init__(app, caller)
        self.app, self.traces = app, traces

    def as_(self, who: Any, *arguments: Any) -> "TracingApi":
        made = super().as_(who, *arguments)
        return TracingApi(self.app, self.traces, made._caller)

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = await super().request(method, path, **options)
        self.traces.kept.append(("address", str(answer.request.url)))
        self.traces.kept.append(("header", str(dict(answer.headers))))
        if answer.is_error:
            self.traces.kept.append(("problem", answer.text))
        return answer


class Lines(logging.Handler):
    """Every record of the standard library's loggers, as it would be written."""

    def __init__(self, traces: Traces) -> None:
        super().__init__(logging.DEBUG)
        self.traces = traces

    def emit(self, record: logging.LogRecord) -> None:
        self.traces.kept.append(("log", self.format(record)))


@pytest.fixture
def traces() -> Iterator[Traces]:
    """All that is logged meanwhile, from DEBUG on; what our HTTP client logs about itself is not ours."""
    kept = Traces()
    lines, root = Lines(kept), logging.getLogger()
    before, level = structlog.get_config()["processors"], root.level
    structlog.configure(processors=[kept.structured])
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    for client in ("httpx", "httpcore"):
        logging.getLogger(client).setLevel(logging.WARNING)
    yield kept
    root.removeHandler(lines)
    root.setLevel(level)
    structlog.configure(processors=before)


async def leave_traces_of_everybody(api: TracingApi, app: FastAPI, make: Make, settings: Settings) -> None:
    """Sign-in, registration, mistakes, training, evidence, financing, search, complaint, erasure, by every role."""
    officer, bank = await make.staff(Role.dinas), await make.bank()
    dinas, paper = api.as_(officer), await make.signed_paper(officer)
    banker = api.as_(await make.client(bank, "financing:pull", "financing:read", "financing:decide"))
    await api.post("/oauth/otp", phone="081977755501")
    await api.request("POST", "/oauth/token", data={"grant_type": OTP, "phone": PHONE, "code": "000000"})
    form = {"grant_type": OTP, "phone": PHONE, "code": sent_code(app, PHONE)}
    me = bearer((await api.request("POST", "/oauth/token", data=form)).json()["access_token"])
    person = {"full_name": INVENTED["name"], "nik": INVENTED["nik"], "birth_date": "1990-05-17", "sex": "female"}
    await api.post("/v1/people", headers=me, **person, phone=PHONE)
    await api.post("/v1/people", headers=me, **person, village_code="52.71.01.9999")
    mine = (await api.post("/v1/people", headers=me, **person)).json()
    await api.post("/v1/people", headers=me, **person)
    other: dict[str, Any] = {"full_name": INVENTED["other name"], "nik": INVENTED["nik"], "phone": OTHER_PHONE}
    other["on_behalf"] = paper
    await dinas.post("/v1/people", **other)
    await dinas.post("/v1/people", **other | {"nik": INVENTED["other nik"]})
    await dinas.post("/v1/people", **other | {"nik": "12", "phone": "x" + OTHER_PHONE})
    await dinas.post("/v1/people/search", nik=INVENTED["nik"])
    await dinas.post("/v1/people/search", phone=OTHER_PHONE)
    business = {"name": INVENTED["business"], "village_code": "52.71.01.1004", "address": INVENTED["address"]}
    numbers = {"nib": INVENTED["nib"], "npwp": INVENTED["npwp"]}
    actor = (await api.post("/v1/actors", headers=me, **business, **numbers)).json()["id"]
    await api.post("/v1/actors", headers=me, **business, **numbers)
    await api.post(f"/v1/actors/{actor}/annual-figures", headers=me, year=2025, sales_idr=123_456_789)
    await api.post(f"/v1/actors/{actor}/consents", headers=me, organization_id=str(bank.id), text_version="1")
    await api.post(f"/v1/actors/{actor}/consents", headers=me, organization_id=str(bank.id), text_version="1")
    program = await make.program()
    seat = await api.post(f"/v1/programs/{program.id}/enrolments", headers=me, actor_id=actor)
    proof = f"/v1/enrolments/{seat.json()['id']}/outcomes/packaging/evidence"
    photo = await api.request("POST", "/v1/files", headers=me, files={"file": ("a.png", png(), "image/png")})
    given = {"kind": "label", "claimed_level": 2, "note": INVENTED["words"], "files": [photo.json()["id"]]}
    await api.post(proof, headers=me, **given)
    await banker.get("/v1/financing/ready-list")
    await banker.get(f"/v1/actors/{actor}")
    await api.as_(await make.staff(Role.opd)).get(f"/v1/people/{mine['id']}")
    await dinas.get("/v1/people")
    await dinas.get(f"/v1/people/{mine['id']}")
    await api.get("/v1/me/data", headers=me)
    await api.post("/v1/me/data-requests", headers=me, kind="objection", text=INVENTED["words"])
    sign_in = {"grant_type": "urn:plut:grant:password", "email": INVENTED["e-mail"], "password": "Rahasia-9-dapur"}
    await api.request("POST", "/oauth/token", data=sign_in)
    await work_off(settings)
    await api.post("/v1/me/erasure", headers=me)
    await api.post("/v1/me/erasure/confirm", headers=me, code="999999")
    done = await api.post("/v1/me/erasure/confirm", headers=me, code=sent_code(app, PHONE))
    assert done.status_code == 200, done.text
    await work_off(settings)


async def test_a_whole_journey_leaves_no_personal_data_behind(
    app: FastAPI, make: Make, settings: Settings, traces: Traces
) -> None:
    await leave_traces_of_everybody(TracingApi(app, traces), app, make, settings)

    async with app.state.sessions() as db:
        events = list(await db.scalars(text("SELECT row_to_json(e)::text FROM events e")))
        jobs = list(await db.scalars(text("SELECT args::text FROM procrastinate_jobs")))
    traces.kept += [("event", event) for event in events] + [("job", job) for job in jobs]
    traces.kept.append(("metric", generate_latest().decode()))
    assert traces.find() == []
    told = {where for where, _ in traces.all}
    assert told >= {"address", "header", "problem", "event", "metric", "log", "structured log"}
    assert len(events) > 10


async def test_what_is_logged_is_caught_by_this_net(traces: Traces, app: FastAPI, make: Make) -> None:
    await TracingApi(app, traces).get("/v1/people", q=INVENTED["nik"])
    structlog.get_logger("net").info("request", nik=INVENTED["nik"])
    logging.getLogger("net").warning("phone %s", OTHER_PHONE)

    assert {(where, kind) for where, kind, _ in traces.find()} >= {
        ("address", "nik"),
        ("structured log", "nik"),
        ("log", "other phone"),
    }
