"""Requests about one's own data, each with its clock (3 x 24 hours, UU 27/2022 art. 30-32, 40-41)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.privacy.held import person_of
from plut_api.actors.privacy.models import DataRequest, RequestKind, RequestState
from plut_api.actors.privacy.schemas import DataRequestCreate, DataRequestMove, DataRequestRead
from plut_api.actors.problems import DataRequestNotFound, RequestMoveNotAllowed
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.crypto import vault
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Forbidden, Invalid, fault
from plut_api.reference.rules import rule_value

S = RequestState
WAITING = (S.open, S.in_progress)
MOVES: dict[RequestState, tuple[RequestState, ...]] = {
    S.open: (S.in_progress, S.done, S.refused),
    S.in_progress: (S.done, S.refused),
}
TEXT, ANSWER = "data_requests.text", "data_requests.answer"


async def new_request(db: AsyncSession, caller: Caller, kind: RequestKind, state: RequestState) -> DataRequest:
    """A request of the caller whose clock runs from now, not stored yet."""
    hours = await rule_value(db, "privacy.answer_hours")
    person_id = await person_of(db, caller)
    due_at = clock.now() + timedelta(hours=hours)
    return DataRequest(account_id=caller.id, person_id=person_id, kind=kind, state=state, due_at=due_at)


async def ask(db: AsyncSession, caller: Caller, given: DataRequestCreate) -> DataRequest:
    """Ask for correction, object, or ask for restriction. Raises Invalid (`erasure_elsewhere`).

    Emits data_request.open.
    """
    if given.kind is RequestKind.erasure:
        raise Invalid(errors=[_ERASURE_ELSEWHERE])
    request = await new_request(db, caller, given.kind, S.open)
    request.text_sealed = vault().seal(TEXT, given.text)
    db.add(request)
    await db.flush()
    await db.refresh(request)
    await tell(db, caller, request)
    return request


async def move(
    db: AsyncSession, caller: Caller, request_id: UUID, if_match: str | None, given: DataRequestMove
) -> DataRequest:
    """Take a request up, or end it with an answer to the person. For the Dinas.

    Raises Forbidden, DataRequestNotFound, PreconditionFailed (if `If-Match` came and is stale), RequestMoveNotAllowed
    (with `allowed_moves`), Invalid. Emits data_request.<state>.
    """
    require_dinas(caller)
    query = select(DataRequest).where(DataRequest.id == request_id).with_for_update()
    request = await db.scalar(query)
    if request is None:
        raise DataRequestNotFound()
    if if_match is not None:
        require_match(request, if_match)
    possible = MOVES.get(request.state, ())
    if given.to not in possible:
        raise RequestMoveNotAllowed(extra={"allowed_moves": [state.value for state in possible]})
    if given.to is not S.in_progress:
        if given.answer is None:
            raise Invalid(errors=[_ANSWER_MISSING])
        request.answer_sealed = vault().seal(ANSWER, given.answer)
        request.decided_at, request.decided_by = clock.now(), caller.id
    request.state = given.to
    request.version += 1
    await db.flush()
    await db.refresh(request)
    await tell(db, caller, request)
    return request


def own_requests(caller: Caller) -> Select[DataRequest]:
    """The caller's own requests. Leans on ix_data_requests_account_id."""
    return select(DataRequest).where(DataRequest.account_id == caller.id)


def all_requests(caller: Caller, states: list[RequestState], overdue: bool | None) -> Select[DataRequest]:
    """Everybody's requests, for the Dinas. Leans on ix_data_requests_due. Raises Forbidden."""
    require_dinas(caller)
    query = select(DataRequest)
    if states:
        query = query.where(DataRequest.state.in_(states))
    if overdue is not None:
        late = DataRequest.state.in_(WAITING) & (DataRequest.due_at < clock.now())
        query = query.where(late if overdue else ~late)
    return query


async def own_request(db: AsyncSession, caller: Caller, request_id: UUID) -> DataRequest:
    """One of the caller's own. Raises DataRequestNotFound."""
    request = await db.scalar(own_requests(caller).where(DataRequest.id == request_id))
    if request is None:
        raise DataRequestNotFound()
    return request


async def any_request(db: AsyncSession, caller: Caller, request_id: UUID) -> DataRequest:
    """Anybody's, for the Dinas. Raises Forbidden, DataRequestNotFound."""
    require_dinas(caller)
    request = await db.get(DataRequest, request_id)
    if request is None:
        raise DataRequestNotFound()
    return request


def require_dinas(caller: Caller) -> None:
    """Let only the Dinas through, which answers for the register. Raises Forbidden."""
    if caller.role is not Role.dinas:
        raise Forbidden()


async def tell(db: AsyncSession, caller: Caller, request: DataRequest) -> None:
    """Note the state of a request as an event: kind and clock, no words."""
    await outbox.record(
        db,
        f"data_request.{request.state.value}",
        request.id,
        by=caller,
        kind=request.kind.value,
        due_at=request.due_at.isoformat(),
    )


def request_shape(request: DataRequest) -> DataRequestRead:
    """A request on the wire, its words opened."""
    text, answer = request.text_sealed, request.answer_sealed
    return DataRequestRead.model_validate(
        {
            **{name: getattr(request, name) for name in _PLAIN},
            "text": vault().open(TEXT, text) if text is not None else None,
            "answer": vault().open(ANSWER, answer) if answer is not None else None,
            "is_overdue": request.state in WAITING and request.due_at < clock.now(),
        }
    )


_PLAIN = ("id", "person_id", "kind", "state", "created_at", "due_at", "decided_at", "report")
_ERASURE_ELSEWHERE = fault(
    "#/kind", "erasure_elsewhere", id="Untuk penghapusan pakai /v1/me/erasure", en="For erasure use /v1/me/erasure"
)
_ANSWER_MISSING = fault(
    "#/answer", "missing", id="Beri tahu pemohon apa hasilnya", en="Tell the person what became of it"
)
