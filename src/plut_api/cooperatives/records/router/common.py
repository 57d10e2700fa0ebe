"""What the routes of all records share: scopes, and what verifying can run into."""

from typing import Annotated, Any

from fastapi import Response, Security

from plut_api.actors.masking import View, view_of
from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.cooperatives.records.kinds import Kind
from plut_api.cooperatives.records.problems import NothingToLookAt, VerifiedAlready
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.contract.declared import Responses
from plut_api.kit.etags import put_etag
from plut_api.kit.problems import PreconditionFailed, PreconditionRequired

CooperativesRecord = Annotated[Caller, Security(signed_in, scopes=["cooperatives:record"])]
CooperativesVerify = Annotated[Caller, Security(signed_in, scopes=["cooperatives:verify"])]
LISTED = documented(CooperativeNotFound)


def added(kind: Kind) -> Responses:
    """What adding a record can answer."""
    return created() | documented(CooperativeNotFound, *(type(problem) for problem in kind.taken.values()))


def shown(kind: Kind) -> Responses:
    """What reading a record can answer."""
    return documented(CooperativeNotFound, kind.missing)


def changed(kind: Kind) -> Responses:
    """What correcting a record can answer."""
    return documented(CooperativeNotFound, kind.missing, *(type(problem) for problem in kind.taken.values()))


def verified(kind: Kind, *more: Any) -> Responses:
    """What verifying a record can answer."""
    return etagged() | documented(
        *(CooperativeNotFound, kind.missing, NothingToLookAt, VerifiedAlready, *more),
        *(PreconditionRequired, PreconditionFailed),
    )


def put_place(response: Response, kind: Kind, row: Any) -> None:
    """Say where a record that was just added can be read, and its version."""
    response.headers["Location"] = f"/v1/cooperatives/{row.cooperative_id}/{kind.name}/{row.id}"
    put_etag(response, row)


def view(caller: Caller) -> View:
    """What a caller is shown of officers: managers see each other's names, PLUT's staff theirs."""
    return view_of(caller, in_list=True, as_colleague=caller.is_person)
