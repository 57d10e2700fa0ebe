"""What the registry tells of a business: registration, owners, form, status, figures, sizes, consents."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, case, exists
from sqlalchemy.orm import aliased

from plut_api.actors.merging.models import MergeRecord
from plut_api.actors.models import (
    Actor,
    AnnualFigure,
    Consent,
    LegalFormChange,
    Ownership,
    SizeChange,
    StatusChange,
)
from plut_api.actors.timeline.words import CAUSES, FORMS, LEVELS, OWNER_ROLES, SIZES, SOURCES, STATES
from plut_api.kit.i18n import Text
from plut_api.kit.merging import Of
from plut_api.kit.timeline import Business, Telling, entry, tells, tells_nothing
from plut_api.organizations.models import Organization

_BUSINESS = "/v1/actors/{actor_id}"
_FIGURE = "/v1/actors/{actor_id}/annual-figures/{row_id}"
_SIZES = "/v1/actors/{actor_id}/size-history"
_CONSENT = "/v1/actors/{actor_id}/consents/{row_id}"
_MERGE = "/v1/merges/{row_id}"

tells_nothing("disclosures", "who saw what has a list of its own, and would drown all else")
tells_nothing("ownership_offers", "nothing has happened before somebody agrees, and that is told of ownerships")


@tells(
    "actors",
    kinds={
        "actor.registered": Telling(_BUSINESS, Text(id="Usaha didaftarkan.", en="The business was registered.")),
        "actor.imported": Telling(
            _BUSINESS, Text(id="Usaha masuk dari berkas data.", en="The business came with a file of records.")
        ),
    },
)
def registration(actor_id: Business) -> Iterator[Select[Any]]:
    """That it was registered, by whom or by a file."""
    here = Actor.id == actor_id
    yield entry("actor.registered", Actor.id, Actor.created_at, by=Actor.registered_by).where(
        here, Actor.import_id.is_(None)
    )
    yield entry("actor.imported", Actor.id, Actor.created_at).where(here, Actor.import_id.is_not(None))


@tells(
    "ownerships",
    kinds={
        "owner.joined": Telling(
            "/v1/actors/{actor_id}/owners",
            Text(id="{who} tercatat sebagai {role}.", en="{who} became {role}."),
            {"role": OWNER_ROLES},
        ),
        "owner.part_ended": Telling(
            "/v1/actors/{actor_id}/owners",
            Text(id="Peran {who} sebagai {role} berakhir.", en="The part of {who} as {role} ended."),
            {"role": OWNER_ROLES},
        ),
    },
)
def owners(actor_id: Business) -> Iterator[Select[Any]]:
    """Who came and whose part ended. A changed part leaves a row of what held before, which nobody joined by."""
    earlier = aliased(Ownership)
    same = (earlier.actor_id == Ownership.actor_id) & (earlier.person_id == Ownership.person_id)
    first = ~exists().where(same, earlier.id < Ownership.id)
    about = {"person": Ownership.person_id, "role": Ownership.role}
    joined = entry("owner.joined", Ownership.id, Ownership.created_at, by=Ownership.recorded_by, **about)
    ended = entry("owner.part_ended", Ownership.id, Ownership.updated_at, by=Ownership.ended_by, **about)
    lives, here = Ownership.until.is_(None), Ownership.actor_id == actor_id
    yield joined.where(here, lives)  # In two: each leans on an index of its own.
    yield joined.where(here, ~lives, first)
    yield ended.where(here, ~lives)


@tells(
    "merges",
    kinds={
        "actor.merged": Telling(
            _MERGE, Text(id="Data ganda usaha digabung.", en="A double record of the business was merged into it.")
        ),
        "actor.parted": Telling(
            _MERGE, Text(id="Data yang digabung dipisahkan lagi.", en="A record merged into it was parted again.")
        ),
    },
)
def merges(actor_id: Business) -> Iterator[Select[Any]]:
    """That another record was merged into it, and parted from it."""
    here = (MergeRecord.survivor_id == actor_id) & (MergeRecord.kind == Of.actors)
    yield entry("actor.merged", MergeRecord.id, MergeRecord.merged_at, by=MergeRecord.merged_by).where(here)
    yield entry("actor.parted", MergeRecord.id, MergeRecord.undone_at, by=MergeRecord.undone_by).where(
        here, MergeRecord.undone_at.is_not(None)
    )


@tells(
    "actor_status_changes",
    kinds={
        "status.changed": Telling(
            _BUSINESS, Text(id="Usaha kini {to}.", en="The business now {to}."), {"from": STATES, "to": STATES}
        )
    },
)
def statuses(actor_id: Business) -> Iterator[Select[Any]]:
    """That it paused, closed, or trades again."""
    facts = {"from": StatusChange.from_status, "to": StatusChange.to_status, "reason": StatusChange.reason_code}
    yield entry("status.changed", StatusChange.id, StatusChange.created_at, by=StatusChange.changed_by, **facts).where(
        StatusChange.actor_id == actor_id
    )


@tells(
    "legal_form_changes",
    kinds={
        "legal_form.changed": Telling(
            _BUSINESS, Text(id="Bentuk usaha kini {to}.", en="The business is now {to}."), {"from": FORMS, "to": FORMS}
        )
    },
)
def legal_forms(actor_id: Business) -> Iterator[Select[Any]]:
    """That it took another legal form."""
    facts = {"from": LegalFormChange.from_form, "to": LegalFormChange.to_form}
    yield entry(
        "legal_form.changed", LegalFormChange.id, LegalFormChange.created_at, by=LegalFormChange.changed_by, **facts
    ).where(LegalFormChange.actor_id == actor_id)


@tells(
    "annual_figures",
    kinds={
        "figures.reported": Telling(
            _FIGURE,
            Text(
                id="Angka tahun {year} dilaporkan {source}, {verification}.",
                en="The figures of {year} were reported {source}, {verification}.",
            ),
            {"source": SOURCES, "verification": LEVELS},
        ),
        "figures.verified": Telling(
            _FIGURE,
            Text(
                id="Angka tahun {year} diperiksa petugas: {verification}.",
                en="The figures of {year} were checked by an officer: {verification}.",
            ),
            {"verification": LEVELS},
        ),
    },
)
def figures(actor_id: Business) -> Iterator[Select[Any]]:
    """Reports of figures and their verifications; the amounts stay where they are."""
    here = AnnualFigure.actor_id == actor_id
    facts = {"year": AnnualFigure.year, "source": AnnualFigure.source, "verification": AnnualFigure.verification}
    by = {"by": AnnualFigure.recorded_by}
    yield entry("figures.reported", AnnualFigure.id, AnnualFigure.created_at, **by, **facts).where(
        here, AnnualFigure.of_figure_id.is_(None)
    )
    yield entry("figures.verified", AnnualFigure.id, AnnualFigure.created_at, **by, **facts).where(
        here, AnnualFigure.of_figure_id.is_not(None)
    )


@tells(
    "size_changes",
    kinds={
        "size.changed": Telling(
            _SIZES,
            Text(id="Skala usaha kini {to}, {cause}.", en="By size it is now {to}, {cause}."),
            {"from": SIZES, "to": SIZES, "cause": CAUSES},
        )
    },
)
def sizes(actor_id: Business) -> Iterator[Select[Any]]:
    """That its size class changed, and why."""
    facts = {"from": SizeChange.from_class, "to": SizeChange.to_class, "cause": SizeChange.cause}
    yield entry("size.changed", SizeChange.id, SizeChange.created_at, **facts).where(SizeChange.actor_id == actor_id)


@tells(
    "consents",
    kinds={
        "consent.given": Telling(
            _CONSENT,
            Text(id="{bank} diizinkan melihat data usaha.", en="{bank} was allowed to see the business."),
        ),
        "consent.ended": Telling(
            _CONSENT,
            Text(id="Izin {bank} melihat data usaha berakhir.", en="{bank} is no longer allowed to see the business."),
        ),
    },
)
def consents(actor_id: Business) -> Iterator[Select[Any]]:
    """That an organization was allowed to see it, and no longer is."""
    here = Consent.actor_id == actor_id
    given_by = case((Consent.given_by.is_not(None), Consent.given_by), else_=Consent.recorded_by)
    for query in (
        entry("consent.given", Consent.id, Consent.given_at, by=given_by, bank=Organization.name).where(here),
        entry("consent.ended", Consent.id, Consent.withdrawn_at, by=Consent.withdrawn_by, bank=Organization.name).where(
            here, Consent.withdrawn_at.is_not(None)
        ),
    ):
        yield query.join_from(Consent, Organization, Organization.id == Consent.organization_id)
