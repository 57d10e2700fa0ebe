"""A populated world with two of everything, `own` and `other`, and every caller that the matrix knows.

The two sides are alike: each has a person with a business in a bank's pull, a consultant, an OPD with programmes, a
bank, and a cooperative with its manager. So a refusal never rests on there being nothing to refuse.
"""

from dataclasses import replace
from datetime import date

from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.privacy.models import Disclosure
from plut_api.cooperatives.service.boards import PHONE as COOPERATIVE_PHONE
from plut_api.financing.models import ReferralState, ReferralTransition
from plut_api.identity.models import Client
from plut_api.integration.models import Import, ImportFault, ImportKind, ImportMode, ImportState, Severity
from plut_api.kit import clock
from plut_api.kit.audit.models import Action, AuditEntry
from plut_api.kit.caller import Caller, Role
from plut_api.kit.crypto import secret_hash, vault
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.organizations.models import OrganizationKind
from plut_api.outcomes.models import Cause, Dimension, OutcomeLevel
from plut_api.programs.models import EnrolmentState, ProgramHost, ProgramState, ProgramTransition
from plut_api.reference.models import Region, RegionLevel
from plut_api.tables import METADATA
from tests.access.asked import asked_of
from tests.access.in_line import rows_in_line
from tests.access.markers import markers_of
from tests.access.of_businesses import rows_of_business
from tests.access.of_cooperatives import rows_of_cooperative
from tests.access.of_loans import rows_of_loans
from tests.access.of_merges import merge_into
from tests.access.of_objections import rows_of_objections
from tests.access.of_overlaps import rows_of_overlaps
from tests.access.of_papers import rows_of_papers
from tests.access.of_partners import rows_of_partners
from tests.access.of_products import rows_of_products
from tests.access.of_readiness import rows_of_history
from tests.access.of_referrals import rows_of_referral
from tests.access.of_sessions import rows_of_sessions
from tests.access.of_training import rows_of_training
from tests.access.rows import Rows, Side, suspicion
from tests.access.said import said_to
from tests.conftest import KEPT
from tests.facilities import building
from tests.factories import Make, caller_for

SIDES = ("own", "other")
NOTED = "cli:contoh"
"""The operation of the entries of the audit log that belong to the sides."""


class World(Rows):
    """Both sides, and those who belong to neither."""

    def __init__(self, app: FastAPI, make: Make) -> None:
        super().__init__(app, make)
        self.sides: dict[str, Side] = {}

    async def build(self) -> "World":
        """Fill the database."""
        async with self.sessions() as db:
            query = select(Region.code).where(Region.level == RegionLevel.village, Region.retired_on.is_(None))
            self._villages = iter(list(await db.scalars(query.order_by(Region.code).offset(40).limit(900))))
        self.dinas_organization = await self.make.organization(OrganizationKind.dinas)
        self.dinas = await self.make.staff(Role.dinas, self.dinas_organization)
        self.ojk = await self.make.staff(Role.ojk)
        self.partner = await self.make.staff(Role.partner)
        self.machine = await self.machine_of(self.dinas_organization)
        for number, name in enumerate(SIDES):
            self.sides[name] = await self._side(name, number)
        return self

    def caller(
        self,
        name: str,
        scopes: frozenset[str] = frozenset(),
        also: frozenset[str] = frozenset(),
        machine_of: str = "dinas",
    ) -> Caller | None:
        """A caller of the matrix; a machine holds the operation's scopes, as far as its organization may, or not."""
        own, other = self.sides["own"], self.sides["other"]
        people = {"person_self": own.person, "person_other": other.person}
        people |= {"manager_own": own.keeper, "manager_other": other.keeper}
        staff = {"consultant_assigned": own.consultant, "consultant_other": other.consultant, "dinas": self.dinas}
        staff |= {
            "opd_own": own.officer,
            "opd_other": other.officer,
            "bank_own": own.teller,
            "bank_other": other.teller,
        }
        staff |= {"ojk": self.ojk, "partner": self.partner}
        if name in people or name in staff:
            return caller_for(people.get(name) or staff[name])
        if name == "integration_client":
            caller = self._machine(machine_of)
            return replace(caller, scopes=caller.scopes & (scopes | also) or caller.scopes)
        if name == "integration_client_without_scope":
            caller = self._machine(machine_of)
            return replace(caller, scopes=caller.scopes - (scopes or also))
        return None

    def _machine(self, machine_of: str) -> Caller:
        bank = self.sides["own"].rows["bank_machine"]
        assert isinstance(bank, Client)
        if machine_of == "bank":
            return caller_for(bank, OrganizationKind.bank)
        return caller_for(self.machine, OrganizationKind.dinas)

    def home(self, caller: str) -> Side:
        """The side that a caller belongs to; who belongs to neither looks at `own`."""
        return self.sides["other" if caller.endswith("_other") else "own"]

    async def _side(self, name: str, number: int) -> Side:
        markers = markers_of(number)
        consultant = await self.make.staff(Role.consultant, self.dinas_organization)
        person = await self.make.person(
            full_name=markers["name"],
            nik=markers["nik"],
            phone=markers["phone"],
            birth_date=date.fromisoformat(markers["birth_date"]),
            disabilities=[markers["disability"]],
            identity_verified_at=clock.now(),
            identity_verified_by=consultant.id,
        )
        keeper = await self.make.person(full_name=markers["keeper_name"], phone=markers["keeper_phone"])
        actor = await self.make.actor(
            person,
            nib=markers["nib"],
            name=markers["business"],
            address=markers["address"],
            npwp_sealed=vault().seal("actors.npwp", markers["npwp"]),
            npwp_index=vault().blind("actors.npwp", markers["npwp"]),
            size_class="micro",
            size_basis="sales",
        )
        opd = await self.make.organization(OrganizationKind.opd)
        bank = await self.make.bank()
        village = self.village()
        cooperative = await self.make.cooperative(
            name=await self.cooperative_name(village),
            village_code=village,
            email=markers["cooperative_email"],
            phone_sealed=vault().seal(COOPERATIVE_PHONE, markers["cooperative_phone"]),
        )
        side = Side(
            name,
            person,
            actor,
            keeper,
            consultant,
            opd,
            await self.make.staff(Role.opd, opd),
            bank,
            await self.make.staff(Role.bank, bank),
            cooperative,
            markers,
        )
        await self._build(side)
        await self._train(side)
        await self._finance(side)
        await self._bind(side)
        await self._load(side)
        await self._audit(side)
        return side

    async def _build(self, side: Side) -> None:
        rows = side.rows
        rows["facility"] = house = await building.facility(self.make)
        rows["room"] = room = await building.room(self.make, house)
        rows["equipment"] = await building.equipment(self.make, house, 3)
        rows["booking"] = await self.add(building.booking(room, side.person.account_id))

    async def _train(self, side: Side) -> None:
        make, rows = self.make, side.rows
        rows["assignment"] = await make.assignment(side.consultant, side.person)
        rows["figure"] = await make.figure(side.actor, sales_idr=int(side.markers["sales"]))
        rows["size_change"] = await self.size_change(side)
        rows["program"] = program = await make.program(side.opd)
        rows["draft_program"] = await make.program(side.opd, state=ProgramState.draft)
        rows["program_transition"] = await self.add(
            ProgramTransition(
                program_id=program.id,
                from_state=ProgramState.approved,
                to_state=ProgramState.published,
                caller_id=side.officer.id,
            )
        )
        guest = await make.organization()
        rows["program_host"] = await self.add(
            ProgramHost(program_id=program.id, organization_id=guest.id, added_by=side.officer.id)
        )
        rows["enrolment"] = enrolment = await make.enrolment(
            program, side.person, side.actor, state=EnrolmentState.completed, completed_at=clock.now()
        )
        rows["outcome"] = outcome = await make.outcome(
            enrolment,
            Dimension.packaging,
            baseline_level=1,
            target_level=2,
            reached_level=2,
            reached_at=clock.now(),
        )
        rows["evidence"] = await make.evidence(outcome)
        rows["outcome_move"] = await self.add(
            OutcomeLevel(outcome_id=outcome.id, level=2, cause=Cause.evidence, rubric_version="1", by_id=new_id())
        )
        rows["follow_up"] = await self.add(asked_of(enrolment))
        rows |= await rows_in_line(self, side)
        rows |= await rows_of_sessions(self, side)
        rows |= await rows_of_training(self, side)
        rows |= await rows_of_overlaps(self, side)
        await make.enrolment(await make.program(), side.keeper)

    async def _finance(self, side: Side) -> None:
        make, rows = self.make, side.rows
        rows |= await rows_of_papers(make, side)
        confirmed = await self.api.as_(side.consultant).post(
            f"/v1/actors/{side.actor.id}/readiness/confirm", note="Berkas lengkap."
        )
        assert confirmed.status_code == 200, confirmed.text
        rows["bank_machine"] = await self.machine_of(side.bank)
        rows["consent"] = await make.consent(side.actor, side.bank, given_by=side.person.account_id)
        rows["referral"] = referral = await self.referral(side, side.actor)
        rows["referral_transition"] = await self.add(
            ReferralTransition(
                referral_id=referral.id,
                to_state=ReferralState.submitted,
                caller_id=side.person.account_id,
                caller_role="person",
            )
        )
        rows |= await rows_of_referral(self, side, referral)
        rows |= await rows_of_objections(self, side)
        rows |= await rows_of_history(self, side)
        rows |= await rows_of_loans(self, side)
        rows["disclosure"] = await self.add(
            Disclosure(
                id=new_id(),
                caller_id=side.teller.id,
                organization_id=side.bank.id,
                operation="listReadyBusinesses",
                purpose="financing",
                fields=["business_name"],
                actor_ids=[side.actor.id],
                person_ids=[side.person.id],
            )
        )

    async def _bind(self, side: Side) -> None:
        rows = side.rows
        rows["consultant"] = side.consultant
        rows["cooperative_consent"] = await self.cooperative_consent(side, side.bank)
        rows["person"], rows["business"], rows["cooperative"] = side.person, side.actor, side.cooperative
        rows["duplicate"] = await self.add(suspicion(side.person, side.keeper))
        rows["merge"] = await self.add(merge_into(side.person, self.dinas))
        rows["manager"] = await self.make.manager(side.cooperative, side.keeper)
        rows |= await rows_of_cooperative(self, side)
        rows["invitation"] = await self.invitation(side, await self.make.cooperative(village_code=self.village()))
        rows["data_request"] = await self.data_request(side.person)
        rows["message"] = await self.add(said_to(side.person))
        rows |= await rows_of_business(self, side)
        rows |= await rows_of_partners(self, side)
        rows |= await rows_of_products(self, side)

    async def _load(self, side: Side) -> None:
        loaded = Import(
            kind=ImportKind.cooperatives,
            mode=ImportMode.commit,
            state=ImportState.done,
            file_name="contoh.csv",
            file_hash=secret_hash(side.name),
            caller_id=self.dinas.id,
            organization_id=self.dinas_organization.id,
        )
        side.rows["import"] = await self.add(loaded)
        await self.add(ImportFault(import_id=loaded.id, line=2, column="name", code="missing", severity=Severity.error))

    async def _audit(self, side: Side) -> None:
        entry_id = new_id()
        side.rows["audit_entry"] = await self.add(
            AuditEntry(
                id=entry_id,
                occurred_at=clock.now(),
                caller_id=side.consultant.id,
                caller_kind="staff",
                operation=NOTED,
                action=Action.read,
                object_kind="people",
                object_ids=[side.person.id],
                about_ids=[],
            )
        )

    async def exists(self, kind: str) -> bool:
        """Whether the objects of a kind of both sides are in the database."""
        rows = [side.rows[kind] for side in self.sides.values()]
        table = rows[0].__table__
        async with self.sessions() as db:
            found = await db.scalars(select(table.c.id).where(table.c.id.in_([row.id for row in rows])))  # type: ignore[attr-defined]
            return len(set(found)) == len(rows)


async def clear(owning: async_sessionmaker[AsyncSession]) -> None:
    """Delete what a world was made of."""
    doomed = [table.name for table in reversed(METADATA.sorted_tables) if table.name not in KEPT]
    async with unit_of_work(owning) as db:
        await db.execute(text("SET LOCAL session_replication_role = replica"))
        for name in [*doomed, "procrastinate_events", "procrastinate_jobs"]:
            await db.execute(text(f'DELETE FROM "{name}"'))
