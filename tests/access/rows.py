"""Rows that the populated world is made of, and those that single calls need and use up."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.duplicates.models import DuplicatePair, FoundBy
from plut_api.actors.duplicates.models import Kind as PairKind
from plut_api.actors.models import Actor, Consent, ConsentPurpose, Person, SizeCause, SizeChange, SizeClass
from plut_api.actors.privacy.models import DataRequest, RequestKind, RequestState, SubjectKind
from plut_api.cooperatives.models import BoardRole, Cooperative, CooperativeInvitation
from plut_api.cooperatives.service.invitations import PHONE as INVITATION_PHONE
from plut_api.cooperatives.service.invitations import code_hash
from plut_api.financing.models import Referral, ReferralState
from plut_api.identity.models import Account, Client
from plut_api.identity.phones import ACCOUNT_CONTEXT
from plut_api.identity.policy import client_scopes_allowed
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.crypto import vault
from plut_api.kit.database import Model
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization
from plut_api.reference.models import Region
from tests.conftest import Api
from tests.factories import Make, caller_for

_NUMBERS = itertools.count(700)


@dataclass
class Side:
    """One half of the world."""

    name: str
    person: Person
    actor: Actor
    keeper: Person
    consultant: Account
    opd: Organization
    officer: Account
    bank: Organization
    teller: Account
    cooperative: Cooperative
    markers: dict[str, str]
    """What would tell somebody on this side, by kind: `nik` is the whole NIK."""
    rows: dict[str, Model] = field(default_factory=dict)
    """An object of each kind, such as `enrolment`."""

    def id(self, kind: str) -> UUID:
        """The id of this side's object of a kind."""
        found: UUID = self.rows[kind].id  # type: ignore[attr-defined]
        return found


class Rows:
    """Makes rows, with real commits, and what is used up by one call."""

    def __init__(self, app: FastAPI, make: Make) -> None:
        self.app, self.make, self.api = app, make, Api(app)
        self.dinas: Account
        self._villages: Iterator[str] = iter(())

    @property
    def sessions(self) -> async_sessionmaker[AsyncSession]:
        """Sessions of the application."""
        found: async_sessionmaker[AsyncSession] = self.app.state.sessions
        return found

    async def machine_of(self, organization: Organization) -> Client:
        """A machine of an organization that was given all it may hold."""
        return await self.make.client(organization, *sorted(client_scopes_allowed(organization.kind)))

    def village(self) -> str:
        """A village that nothing is in yet."""
        return next(self._villages)

    async def cooperative_name(self, village: str) -> str:
        """The name that the cooperative of a village has to have."""
        async with self.sessions() as db:
            name = await db.scalar(select(Region.name).where(Region.code == village))
        return f"Koperasi {'Desa' if village.split('.')[3].startswith('2') else 'Kelurahan'} Merah Putih {name}"

    async def newcomer(self) -> tuple[Caller, str]:
        """Somebody who signed in by phone and has not registered, and the phone."""
        phone = f"+62877{next(_NUMBERS):08d}"
        account = Account(
            id=new_id(),
            kind=Kind.person,
            role=Role.person,
            phone_sealed=vault().seal(ACCOUNT_CONTEXT, phone),
            phone_index=vault().blind(ACCOUNT_CONTEXT, phone),
        )
        await self.make.add(account)
        return caller_for(account), phone

    async def add(self, row: Model) -> Any:
        """Commit a row and give it back."""
        await self.make.add(row)
        return row

    async def size_change(self, side: Side) -> SizeChange:
        """The step in size that followed from the figures of a side."""
        step = SizeChange(
            actor_id=side.actor.id,
            to_class=SizeClass.micro,
            by_sales=SizeClass.micro,
            basis="sales",
            cause=SizeCause.figures,
            figure_id=side.id("figure"),
            rule_source="PP 7/2021",
            rule_valid_from=clock.today(),
            effective_on=clock.today(),
        )
        await self.make.add(step)
        return step

    async def referral(self, side: Side, actor: Actor) -> Referral:
        """A referral of a business to the side's bank."""
        referral: Referral = await self.add(
            Referral(
                actor_id=actor.id,
                bank_id=side.bank.id,
                amount_idr=25_000_000,
                tenor_months=24,
                purpose="Mesin kemas",
                state=ReferralState.submitted,
                made_by=side.person.account_id,
            )
        )
        return referral

    async def cooperative_consent(self, side: Side, bank: Organization) -> Consent:
        """A consent of the side's cooperative that another officer gave and nobody has confirmed."""
        consent: Consent = await self.add(
            Consent(
                subject_kind=SubjectKind.cooperative,
                cooperative_id=side.cooperative.id,
                organization_id=bank.id,
                purpose=ConsentPurpose.cooperative_financing,
                data_categories=["cooperative_profile"],
                text_version="1",
                language="id",
                channel="app",
                given_by=new_id(),
                expires_at=clock.now() + timedelta(days=365),
            )
        )
        return consent

    async def data_request(self, person: Person, **given: Any) -> DataRequest:
        """A request of a person about their data."""
        values = {"kind": RequestKind.rectification, "state": RequestState.open} | given
        request = DataRequest(
            account_id=person.account_id, person_id=person.id, due_at=clock.now() + timedelta(days=3), **values
        )
        found: DataRequest = await self.add(request)
        return found

    async def invitation(self, side: Side, cooperative: Cooperative, code: str | None = None) -> CooperativeInvitation:
        """An invitation of the side's manager to another cooperative, with the code that was sent."""
        phone = side.markers["keeper_phone"]
        invitation = CooperativeInvitation(
            id=new_id(),
            cooperative_id=cooperative.id,
            phone_sealed=vault().seal(INVITATION_PHONE, phone),
            phone_index=vault().blind(ACCOUNT_CONTEXT, phone),
            role_in_board=BoardRole.secretary,
            expires_at=clock.now() + timedelta(days=3),
            invited_by=self.dinas.id,
        )
        invitation.code_hash = code_hash(invitation, code) if code else None
        found: CooperativeInvitation = await self.add(invitation)
        return found


def suspicion(one: Person, other: Person) -> DuplicatePair:
    """A pair of people who may be the same."""
    a_id, b_id = sorted((one.id, other.id))
    why = {"reasons": ["name"], "sureness": 0.7, "found_by": FoundBy.sweep}
    return DuplicatePair(kind=PairKind.person, a_id=a_id, b_id=b_id, **why)
