"""API1:2023 Broken object level authorization: an id of somebody else opens nothing, however many are tried.

Every operation and caller is in tests/access/matrix.yaml; here is what one who counts through ids finds.
"""

from asyncio import gather
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from plut_api.actors.models import Actor
from plut_api.financing.models import Referral, ReferralState
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from tests.access.matrix import matrix
from tests.access.running import Operations
from tests.access.world import World

AT_ONCE = 25
DINAS_ALONE = {  # The Dinas reaches every object of these, others have not the scope.
    *("createAssignment", "endAssignment", "changeOrganization", "changeCooperative", "inviteCooperativeManager"),
    *("listCooperativeInvitations", "getCooperativeInvitation", "withdrawCooperativeInvitation"),
    *("getStaffMember", "changeStaffMember", "inviteStaffMemberAgain", "resetStaffTotp"),
    *("getDataRequest", "moveDataRequest", "getImport", "listImportFaults", "approveProgram", "rejectProgram"),
    *("commitImport", "listImportDifferences", "getImportMapping", "putImportMapping", "deleteImportMapping"),
    *("previewPersonMerge", "mergePeople", "previewActorMerge", "mergeActors", "getMerge", "undoMerge"),
    *("getDuplicate", "dismissDuplicate", "mergeDuplicate"),
    *("changeFacility", "setOpeningHours", "setOpeningException", "getBookingRules", "setBookingRules"),
    *("createRoom", "changeRoom", "createEquipment", "changeEquipment", "createClosure", "endClosure"),
    *("changeAgreement", "activateAgreement", "endAgreement", "terminateAgreement"),
    *("createCommitment", "changeCommitment", "removeCommitment", "revokeEvidence", "resolveOverlap"),
    *("getScoreDisclosure", "setScoreDisclosure", "deleteScoreDisclosure", "getRuleSetDiff"),
}
CONSULTANTS_ALONE = {  # They reach every cooperative, so it is the scope that refuses.
    *("verifyCooperativeOfficer", "verifyCooperativeMeeting", "verifyCooperativeOutlet", "verifyCooperativeFigure"),
    *("verifyCooperativePaper", "verifyCooperativeProposal"),
    *("confirmCooperativeReadiness", "withdrawCooperativeReadinessConfirmation"),
}
PUBLISHED = {  # Anyone reads what these act on, so who may not act is told so, by 403.
    *("startProgram", "cancelProgram", "completeProgram", "createSession", "listProgramTransitions"),
    *("listProgramEnrolments", "getUtilisation", "getSuggestedFills"),
    *(
        "listProgramHosts",
        "inviteProgramHost",
        "listProgramMerges",
        "listOverlaps",
        "changeQuota",
        "listWaitingEntries",
    ),
    *("listSponsors", "createSponsor", "removeSponsor", "uploadTestScores"),
    *("createSessionSeries", "changeSession", "cancelSession", "getCheckInCode", "listAttendance", "uploadAttendance"),
    "getTrainer",  # Sessions name who trains.
}


async def test_hundreds_of_sequential_ids_of_another_bank_are_all_unknown(world: World) -> None:
    await _counted_through(world, 300)


@pytest.mark.soak
async def test_ten_thousand_sequential_ids_of_another_bank_are_all_unknown(world: World) -> None:
    await _counted_through(world, 10_000)


@pytest.mark.parametrize("kind", ["enrolment", "evidence", "assignment"])
async def test_consultants_and_opds_find_none_of_each_others_objects_by_counting(world: World, kind: str) -> None:
    path = {"enrolment": "enrolments", "evidence": "evidence", "assignment": "assignments"}[kind]
    start = int(world.sides["other"].id(kind)) - 50
    ids = [UUID(int=start + step) for step in range(100)]
    consultant = world.api.as_(world.sides["own"].consultant)

    answers = [await consultant.get(f"/v1/{path}/{id_}") for id_ in ids]

    assert {answer.status_code for answer in answers} == {404}
    assert world.sides["other"].id(kind) in ids


async def test_operations_on_an_object_refuse_somebody_by_its_owner(operations: Operations) -> None:
    """Whoever holds the scope but not the object gets 404, in every row of the matrix that is about an object."""
    on_objects = {
        name
        for name, operation in operations.items()
        if "{" in operation.path and operation.scopes and name not in DINAS_ALONE | CONSULTANTS_ALONE | PUBLISHED
    }
    unguarded = {name for name in on_objects if all(cell.status != 404 for cell in matrix().cells[name].values())}

    assert unguarded == set()


async def test_ids_tell_nothing_of_how_many_there_are() -> None:
    ids = [new_id() for _ in range(50)]

    assert {id_.version for id_ in ids} == {7}
    assert len({int(id_) & ((1 << 62) - 1) for id_ in ids}) == 50


async def _counted_through(world: World, how_many: int) -> None:
    own, other = world.sides["own"], world.sides["other"]
    ids = await _referrals_in_a_row(world, how_many)
    bank = world.api.as_(own.teller)

    answers = [
        answer
        for batch in _batches(ids)
        for answer in await gather(*(bank.get(f"/v1/financing/referrals/{id_}") for id_ in batch))
    ]
    unknown = await bank.get(f"/v1/financing/referrals/{new_id()}")
    rightful = await world.api.as_(other.teller).get(f"/v1/financing/referrals/{ids[0]}")

    assert Counter(answer.status_code for answer in answers) == {404: how_many}
    assert {str(_told(answer)) for answer in answers} == {str(_told(unknown))}
    assert rightful.status_code == 200


async def _referrals_in_a_row(world: World, how_many: int) -> list[UUID]:
    """Referrals to the other bank whose ids differ by one."""
    other = world.sides["other"]
    first = int(new_id()) & ~((1 << 32) - 1)
    ids = [UUID(int=first + step) for step in range(how_many)]
    businesses = [new_id() for _ in ids]
    described = {"name": "Usaha Lain", "village_code": "52.71.01.1004", "regency_code": "52.71", "legal_form": "other"}
    asked: dict[str, Any] = {"bank_id": other.bank.id, "amount_idr": 1, "tenor_months": 1, "purpose": "Modal"}
    asked |= {"state": ReferralState.submitted, "made_by": other.person.account_id}
    async with unit_of_work(world.sessions) as db:
        await db.execute(insert(Actor), [{"id": id_, "status": "active", **described} for id_ in businesses])
        await db.execute(
            insert(Referral), [{"id": a, "actor_id": b, **asked} for a, b in zip(ids, businesses, strict=True)]
        )
    return ids


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _told(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}
