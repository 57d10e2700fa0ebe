"""What waits for the Dinas in the registry: people without a consultant, possible duplicates, requests with a clock."""

from typing import Any

from sqlalchemy import Select, exists
from sqlalchemy.orm import aliased

from plut_api.actors.access import people_served_by
from plut_api.actors.duplicates.models import DuplicatePair, Kind, PairState
from plut_api.actors.models import Assignment, Person
from plut_api.actors.privacy.models import DataRequest, RequestKind, RequestState
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task


@offers(
    "person.unassigned",
    to=[Role.dinas],
    title=Text(id="Belum didampingi", en="Without a consultant"),
    sentence=Text(id="Tetapkan konsultan pendamping.", en="Assign a consultant."),
    href="/v1/people/{row_id}/assignments",
    within="work.person_unassigned.days",
)
def people_without_consultant(asked: Asked) -> Select[Any]:
    """People whom no consultant accompanies today."""
    given = aliased(Assignment)
    accompanied = exists().where(given.person_id == Person.id, given.until.is_(None))
    return task(Person.id, Person.created_at, person=Person.id).where(
        people_served_by(asked.caller), Person.erased_at.is_(None), ~accompanied
    )


@offers(
    "duplicate.open",
    to=[Role.dinas],
    title=Text(id="Kemungkinan ganda", en="Possible duplicates"),
    sentence=Text(id="Putuskan apakah dua {of} ini sama.", en="Decide whether two {of} are the same."),
    href="/v1/duplicates/{row_id}",
    within="work.duplicate_open.days",
    spoken={"of": {Kind.person: Text(id="orang", en="people"), Kind.actor: Text(id="usaha", en="businesses")}},
)
def duplicates_to_decide(asked: Asked) -> Select[Any]:
    """Pairs that nobody has decided."""
    pair = DuplicatePair
    return task(pair.id, pair.created_at, of=pair.kind).where(pair.state == PairState.open)


@offers(
    "data_request.open",
    to=[Role.dinas],
    title=Text(id="Permintaan atas data pribadi", en="Requests about own data"),
    sentence=Text(
        id="Jawab permintaan {asked}; tenggatnya menurut undang-undang.",
        en="Answer the request for {asked}; its term is set by law.",
    ),
    href="/v1/data-requests/{row_id}",
    spoken={
        "asked": {
            RequestKind.rectification: Text(id="perbaikan data", en="rectification"),
            RequestKind.objection: Text(id="keberatan", en="objection"),
            RequestKind.restriction: Text(id="pembatasan", en="restriction"),
            RequestKind.erasure: Text(id="penghapusan", en="erasure"),
        }
    },
)
def data_requests_to_answer(asked: Asked) -> Select[Any]:
    """Requests that are not answered, by the instant that the law sets (UU 27/2022 art. 30-32, 40-41)."""
    return task(DataRequest.id, DataRequest.due_at, person=DataRequest.person_id, asked=DataRequest.kind).where(
        DataRequest.state.in_((RequestState.open, RequestState.in_progress))
    )
