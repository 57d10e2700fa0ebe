"""Agreements for tests."""

from datetime import timedelta
from typing import Any

from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.organizations.agreements.models import Agreement, AgreementState, Commitment, CommitmentKind
from plut_api.organizations.models import Organization, OrganizationKind
from tests.factories import Make


async def agreement(make: Make, partner: Organization | None = None, **given: Any) -> Agreement:
    """An active agreement that began a hundred days ago and ends in a hundred."""
    partner = partner or await make.organization(OrganizationKind.private)
    today, number = clock.today(), str(new_id())[-12:]
    values: dict[str, Any] = {
        "number": f"PKS/{number}/2026",
        "title": "Kerja sama contoh",
        "starts_on": today - timedelta(days=100),
        "ends_on": today + timedelta(days=100),
        "signed_on": today - timedelta(days=101),
        "state": AgreementState.active,
        "drafted_by": new_id(),
    }
    made = Agreement(id=new_id(), organization_id=partner.id, **values | given)
    await make.add(made)
    return made


async def commitment(make: Make, of: Agreement, **given: Any) -> Commitment:
    """Forty seats by the last day of the agreement, unless it is of another kind."""
    values: dict[str, Any] = {"due_on": of.ends_on} | given
    kind = values.setdefault("kind", CommitmentKind.seats)
    if kind is CommitmentKind.seats:
        values.setdefault("seats", 40)
    made = Commitment(id=new_id(), agreement_id=of.id, **values)
    await make.add(made)
    return made


def draft(partner: Organization, **given: Any) -> dict[str, Any]:
    """A body for a new agreement."""
    today = clock.today()
    first, last = today.isoformat(), (today + timedelta(days=365)).isoformat()
    body = {"number": f"PKS/{str(new_id())[-12:]}/2026", "title": "Magang dan kursi", "starts_on": first}
    return body | {"organization_id": str(partner.id), "ends_on": last} | given
