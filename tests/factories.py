"""Factories: a test says only what it is about, the rest is invented and valid. Rows are committed."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import (
    Actor,
    AnnualFigure,
    Assignment,
    Consent,
    ConsentPurpose,
    MaritalStatus,
    Ownership,
    Person,
    PersonSegment,
    SegmentKind,
    SegmentSource,
    Sex,
)
from plut_api.cooperatives.models import BoardRole, Cooperative, CooperativeManager
from plut_api.identity.models import Account, Client
from plut_api.identity.purpose_codes import CodePurpose, make_purpose_code
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.crypto import secret_hash, vault
from plut_api.kit.database import Model, unit_of_work
from plut_api.kit.files.models import FileRow
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.outcomes.models import Dimension, Evidence, Outcome
from plut_api.programs import seats
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState, ReservedSeats, Segment
from plut_api.settings import get_settings

ROLE_KIND = {
    Role.dinas: OrganizationKind.dinas,
    Role.consultant: OrganizationKind.dinas,
    Role.opd: OrganizationKind.opd,
    Role.bank: OrganizationKind.bank,
    Role.ojk: OrganizationKind.ojk,
    Role.partner: OrganizationKind.private,
}
CLIENT_SECRET = "an-invented-client-secret"
VILLAGES = ("52.71.01.1004", "52.03.17.2003", "52.01.01.1001", "52.04.02.2001")
Row = TypeVar("Row", bound=Model)
_NUMBERS = itertools.count(1)


class Make:
    """Makes rows for a test. Everything made is invented."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._numbers = _NUMBERS

    async def add(self, *rows: Model) -> None:
        """Commit rows."""
        async with unit_of_work(self._sessions) as db:
            db.add_all(rows)

    async def organization(self, kind: OrganizationKind = OrganizationKind.opd, **given: Any) -> Organization:
        number = next(self._numbers)
        values = {"code": f"ORG_{number}", "name": f"Organisasi Contoh {number}"} | given
        organization = Organization(kind=kind, **values)
        await self.add(organization)
        return organization

    async def bank(self, **given: Any) -> Organization:
        return await self.organization(OrganizationKind.bank, **given)

    async def staff(
        self, role: Role = Role.dinas, organization: Organization | None = None, *, is_active: bool = True
    ) -> Account:
        """A member of staff; their organization is made if none is given."""
        organization = organization or await self.organization(ROLE_KIND[role])
        account = Account(
            kind=Kind.staff,
            role=role,
            organization_id=organization.id,
            name="Petugas Contoh",
            email=f"petugas{next(self._numbers)}@contoh.example",
            password_hash="unusable",
            is_active=is_active,
        )
        await self.add(account)
        return account

    async def client(self, organization: Organization, *scopes: str) -> Client:
        """A machine client whose secret is CLIENT_SECRET."""
        client = Client(
            organization_id=organization.id, name="Contoh", secret_hash=secret_hash(CLIENT_SECRET), scopes=list(scopes)
        )
        await self.add(client)
        return client

    async def person(self, *, phone: str | None = None, nik: str | None = None, **given: Any) -> Person:
        """A person who can sign in."""
        number = next(self._numbers)
        phone = phone or f"+62812{number:08d}"
        account = Account(
            kind=Kind.person,
            role=Role.person,
            phone_sealed=vault().seal("accounts.phone", phone),
            phone_index=vault().blind("accounts.phone", phone),
        )
        values: dict[str, Any] = {
            "full_name": f"Baiq Contoh {number}",
            "sex": Sex.female,
            "birth_date": date(1990, 5, 17),
            "marital_status": MaritalStatus.married,
            "village_code": VILLAGES[0],
            "disabilities": [],
        }
        person = Person(
            account_id=account_id(account),
            phone_sealed=vault().seal("people.phone", phone),
            phone_index=vault().blind("people.phone", phone),
            nik_sealed=vault().seal("people.nik", nik) if nik else None,
            nik_index=vault().blind("people.nik", nik) if nik else None,
            **(values | given),
        )
        await self.add(account)
        await self.add(person)
        if person.disabilities:
            kind, source = SegmentKind.disability, SegmentSource.self_
            await self.add(PersonSegment(person_id=person.id, segment=kind, since=date(2020, 1, 1), source=source))
        return person

    async def paper(self, uploader: Account | Client) -> FileRow:
        """A file that somebody handed in, by what the table says of it."""
        number = next(self._numbers)
        file = FileRow(
            id=new_id(),
            sha256=secret_hash(f"contoh {number}"),
            media_type="application/pdf",
            size_bytes=1000,
            name="surat.pdf",
            uploaded_by=uploader.id,
            key_sealed=vault().seal("files.key", "contoh"),
        )
        await self.add(file)
        return file

    async def signed_paper(self, officer: Account | Client) -> dict[str, str]:
        """What an officer says of a paper that somebody signed (`on_behalf`)."""
        file = await self.paper(officer)
        return {"proof": "signed_paper", "paper_reference": "Map Contoh 1", "paper_file_id": str(file.id)}

    async def own_code(self, phone: str, purpose: CodePurpose = CodePurpose.registration) -> dict[str, str]:
        """What an officer says of a code that somebody read out (`on_behalf`); it went to the phone (E.164)."""
        async with unit_of_work(self._sessions) as db:
            return {"proof": "own_code", "code": await make_purpose_code(db, get_settings(), purpose, phone)}

    async def assignment(self, consultant: Account, person: Person, **given: Any) -> Assignment:
        """A consultant accompanies a person."""
        values = {"assigned_by": new_id()} | given
        assignment = Assignment(consultant_id=consultant.id, person_id=person.id, **values)
        await self.add(assignment)
        return assignment

    async def consultant_of(self, *people: Person) -> Account:
        """A consultant to whom these people are assigned; without any, everybody there is by now."""
        consultant = await self.staff(Role.consultant)
        async with unit_of_work(self._sessions) as db:
            ids = [person.id for person in people] or await db.scalars(select(Person.id))
            db.add_all(Assignment(consultant_id=consultant.id, person_id=id_, assigned_by=new_id()) for id_ in ids)
        return consultant

    async def staff_who_serve(self, role: Role, *people: Person) -> Account:
        """Staff of a role; if it is that of consultants, these people (else all there are) are assigned to them."""
        return await (self.consultant_of(*people) if role is Role.consultant else self.staff(role))

    async def actor(self, owner: Person | None = None, *, nib: str | None = None, **given: Any) -> Actor:
        """A business with one owner."""
        owner = owner or await self.person()
        values: dict[str, Any] = {
            "name": f"Usaha Contoh {next(self._numbers)}",
            "village_code": VILLAGES[0],
            "kbli_version": "2025",
            "kbli_code": "10794",
            "started_on": date(2023, 1, 10),
        } | given
        values["regency_code"] = values["village_code"][:5]
        actor = Actor(
            id=new_id(),
            nib_sealed=vault().seal("actors.nib", nib) if nib else None,
            nib_index=vault().blind("actors.nib", nib) if nib else None,
            **values,
        )
        await self.add(actor)
        await self.add(Ownership(actor_id=actor.id, person_id=owner.id))
        return actor

    async def figure(self, actor: Actor, **given: Any) -> AnnualFigure:
        values = {"year": clock.today().year - 1, "sales_idr": 120_000_000, "capital_idr": 40_000_000} | given
        figure = AnnualFigure(actor_id=actor.id, source="owner", **values)
        await self.add(figure)
        return figure

    async def consent(self, actor: Actor, bank: Organization, **given: Any) -> Consent:
        values = {
            "given_by": new_id(),
            "text_version": "1",
            "language": "id",
            "channel": "app",
            "expires_at": datetime.now(UTC) + timedelta(days=365),
        } | given
        consent = Consent(actor_id=actor.id, organization_id=bank.id, purpose=ConsentPurpose.financing, **values)
        await self.add(consent)
        return consent

    async def program(self, organization: Organization | None = None, **given: Any) -> Program:
        """A published programme, open for enrolment; of its seats some are `reserved` for segments."""
        organization = organization or await self.organization()
        today = clock.today()
        kept = {Segment(segment): number for segment, number in given.pop("reserved", {}).items()}
        values: dict[str, Any] = {
            "title": f"Pelatihan Contoh {next(self._numbers)}",
            "aim": "Peserta mampu membuat kemasan yang layak jual.",
            "topics": ["product.packaging"],
            "attendance_percent": 80,
            "segments": [],
            "regency_codes": [],
            "starts_on": today + timedelta(days=14),
            "ends_on": today + timedelta(days=18),
            "seats": 30,
            "state": ProgramState.published,
        } | given
        program = Program(organization_id=organization.id, seats_reserved=sum(kept.values()), **values)
        await self.add(program)
        await self.add(*(ReservedSeats(program_id=program.id, segment=s, seats=n) for s, n in kept.items()))
        return program

    async def enrolment(
        self, program: Program | None = None, person: Person | None = None, actor: Actor | None = None, **given: Any
    ) -> Enrolment:
        """An enrolment, with its seat counted (`reserved_for` says which kind) unless it was given back."""
        program = program or await self.program()
        person = person or await self.person()
        enrolment = Enrolment(
            program_id=program.id,
            person_id=person.id,
            actor_id=actor.id if actor else None,
            enrolled_by=person.account_id or new_id(),
            **given,
        )
        async with unit_of_work(self._sessions) as db:
            db.add(enrolment)
            if enrolment.state is not EnrolmentState.withdrawn:
                await seats.count(db, program.id, {enrolment.reserved_for: 1})
        return enrolment

    async def outcome(self, enrolment: Enrolment, dimension: Dimension = Dimension.packaging, **given: Any) -> Outcome:
        values = {"rubric_version": "1", "actor_id": enrolment.actor_id} | given
        outcome = Outcome(enrolment_id=enrolment.id, dimension=dimension, **values)
        await self.add(outcome)
        return outcome

    async def evidence(self, outcome: Outcome, **given: Any) -> Evidence:
        values = {
            "kind": "photo",
            "claimed_level": 2,
            "note": "Foto label enam sisi.",
            "submitted_by": new_id(),
        } | given
        evidence = Evidence(outcome_id=outcome.id, **values)
        await self.add(evidence)
        return evidence

    async def cooperative(self, **given: Any) -> Cooperative:
        number = next(self._numbers)
        values: dict[str, Any] = {
            "name": f"Koperasi Desa Merah Putih Contoh {number}",
            "village_code": VILLAGES[0],
            "legal_number": f"AHU-{number:07d}.AH.01.29.TAHUN 2025",
            "established_on": date(2025, 6, 2),
            "member_count": 40,
        } | given
        cooperative = Cooperative(regency_code=values["village_code"][:5], **values)
        await self.add(cooperative)
        return cooperative

    async def manager(self, cooperative: Cooperative, person: Person, **given: Any) -> CooperativeManager:
        """A person keeps the affairs of a cooperative."""
        values = {"role_in_board": BoardRole.chair, "invited_by": new_id()} | given
        manager = CooperativeManager(cooperative_id=cooperative.id, person_id=person.id, **values)
        await self.add(manager)
        return manager


def account_id(account: Account) -> UUID:
    """The id of an account that is not stored yet."""
    account.id = account.id or new_id()
    return account.id


def caller_for(who: Account | Person | Client, kind: OrganizationKind | None = None) -> Caller:
    """The caller that a sign-in of this account would give."""
    from plut_api.identity.policy import ORGANIZATION_ROLE, scopes_of

    if isinstance(who, Person):
        if who.account_id is None:
            raise ValueError("this person has no account")
        return Caller(who.account_id, Kind.person, Role.person, scopes_of(Role.person))
    if isinstance(who, Client):
        role = ORGANIZATION_ROLE[kind or OrganizationKind.bank]
        return Caller(who.id, Kind.client, role, frozenset(who.scopes), who.organization_id)
    return Caller(who.id, who.kind, who.role, scopes_of(who.role), who.organization_id)
