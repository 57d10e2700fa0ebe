"""What of the audit log crosses the wire."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Instant, Read

Ids = Annotated[
    list[UUID],
    Field(
        max_length=1000,
        description="Identifiers; a flood of refusals is one entry that names all that was asked for.",
        examples=[["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]],
    ),
]
MaybeId = Annotated[UUID | None, Field(description="Identifier.", examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"])]
Values = Annotated[
    dict[str, Any] | None,
    Field(
        description=(
            "Columns that changed. What is personal is a keyed hash of the value and the row, equal only for the same "
            "value of the same row; secrets are left out."
        ),
        examples=[{"state": "published"}],
    ),
]


class AuditEntryRead(Read):
    """Who did what to which objects, when and from where. Nobody can change or remove an entry."""

    id: Id
    occurred_at: Instant
    caller_id: MaybeId
    caller_kind: Annotated[
        str,
        Field(
            max_length=20,
            pattern=r"^[a-z_]+$",
            description="`person`, `staff`, `client`, `anyone` (not signed in), `system` (a command or a job). Open.",
            examples=["staff"],
        ),
    ]
    role: Annotated[
        str | None, Field(max_length=20, pattern=r"^[a-z_]+$", description="Role of the caller.", examples=["dinas"])
    ]
    organization_id: MaybeId
    on_behalf_of: Annotated[
        UUID | None,
        Field(description="The person whom staff acted for, by id.", examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]),
    ]
    operation: Annotated[
        str,
        Field(
            max_length=100,
            pattern=LINE,
            description="operationId of the call; `cli:` and a command, or `job:` and a task, where none was made.",
            examples=["changePerson"],
        ),
    ]
    action: Annotated[
        str,
        Field(
            max_length=20,
            pattern=r"^[a-z_]+$",
            description=(
                "`created`, `changed`, `deleted`, `read`, `refused`, `signed_in`, `sign_in_failed`. Open: expect new "
                "values."
            ),
            examples=["changed"],
        ),
    ]
    object_kind: Annotated[
        str | None,
        Field(max_length=100, pattern=LINE, description="What kind of object, by its table.", examples=["people"]),
    ]
    object_ids: Ids
    about_ids: Annotated[
        list[UUID],
        Field(
            max_length=1000,
            description="People, businesses, cooperatives and accounts that the objects hang on.",
            examples=[[]],
        ),
    ]
    before: Values
    after: Values
    request_id: Annotated[
        UUID | None,
        Field(description="The `X-Request-Id` of the call.", examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]),
    ]
    network: Annotated[
        str | None,
        Field(
            max_length=50,
            pattern=LINE,
            description="Network that the call came from: /24 of IPv4, /48 of IPv6.",
            examples=["203.0.113.0/24"],
        ),
    ]
    address_hash: Annotated[
        str | None,
        Field(
            max_length=32,
            pattern=r"^[0-9a-f]{32}$",
            description="Keyed hash of the whole address: equal for equal addresses.",
            examples=["9f86d081884c7d659a2feaa0c55ad015"],
        ),
    ]
    import_id: MaybeId


class AuditEntryPage(Page[AuditEntryRead]):
    """One page of the audit log, newest first."""
