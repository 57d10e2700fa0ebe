"""Loads the invented sample through the same services and import code as real data. Nobody in it exists."""

import asyncio
import json
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.clients import create_client
from plut_api.identity.policy import scopes_of
from plut_api.identity.service import create_staff
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.database import make_engine, session_factory, unit_of_work
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.organizations.schemas import OrganizationCreate
from plut_api.organizations.service import register_organization
from plut_api.sample.accompanying import accompany_owners
from plut_api.sample.building import let_others_book, open_building
from plut_api.sample.consulting import consult
from plut_api.sample.cooperatives import keep_records
from plut_api.sample.files import load_businesses, load_cooperatives
from plut_api.sample.financing import confirm_and_refer, keep_beside
from plut_api.sample.follow_ups import follow_up
from plut_api.sample.offers import offer
from plut_api.sample.outcomes import prove
from plut_api.sample.papers import prepare
from plut_api.sample.partners import agree
from plut_api.sample.proofs import show_more
from plut_api.sample.records import SEED, Inventor, village_codes
from plut_api.sample.trading import trade
from plut_api.sample.training import Stage, hold_programs, register_people
from plut_api.settings import Settings

Say = Callable[[str], None]
K = OrganizationKind
ORGANIZATIONS = (
    ("DINAS", "Dinas Koperasi dan UKM NTB (contoh)", K.dinas, False),
    ("OPD_PERINDUSTRIAN", "Dinas Perindustrian (contoh)", K.opd, False),
    ("OPD_PERDAGANGAN", "Dinas Perdagangan (contoh)", K.opd, False),
    ("OPD_PARIWISATA", "Dinas Pariwisata (contoh)", K.opd, False),
    ("OPD_PERTANIAN", "Dinas Pertanian (contoh)", K.opd, False),
    ("OPD_KELAUTAN", "Dinas Kelautan dan Perikanan (contoh)", K.opd, False),
    ("OPD_PEREMPUAN", "Dinas Pemberdayaan Perempuan (contoh)", K.opd, False),
    ("BANK_SASAMBO", "Bank Sasambo (contoh)", K.bank, False),
    ("BANK_RINJANI_SYARIAH", "Bank Rinjani Syariah (contoh)", K.bank, True),
    ("OJK", "OJK NTB (contoh)", K.ojk, False),
    ("PT_RITEL", "PT Ritel Sasambo (contoh)", K.private, False),
    ("PT_KOPI", "PT Kopi Sembalun (contoh)", K.private, False),
    ("UNIV_MATARAM", "Universitas Contoh Mataram (contoh)", K.university, False),
)
ROLES = {
    K.opd: Role.opd,
    K.bank: Role.bank,
    K.ojk: Role.ojk,
    K.private: Role.partner,
    K.university: Role.partner,
}
PARTNERS = frozenset({K.bank, K.private, K.university})
BANK_SCOPES = ("financing:pull", "financing:read", "financing:decide", "financing:report", "financing:offer")
PEOPLE_WITHOUT_BUSINESS = 600
UNACCOMPANIED = 20
"""Of these: registered by the Dinas, so that no consultant accompanies them yet."""
BUSINESSES = 2_000


@dataclass
class House:
    """The callers in whose name the sample is made, and their credentials."""

    dinas: Caller
    consultants: list[Caller]
    officers: dict[str, Caller]
    bankers: dict[str, Caller]
    partners: dict[str, Organization]
    credentials: dict[str, dict[str, str]] = field(default_factory=dict)


def ensure_sample(settings: Settings, say: Say) -> None:
    """Seed a database that has no organizations yet; leave any other as it is."""
    asyncio.run(seed_sample(settings, say, only_if_empty=True))


async def seed_sample(settings: Settings, say: Say, *, scale: int = 1, only_if_empty: bool = False) -> None:
    """Load the sample; `scale` multiplies the businesses, for measuring. Credentials go to the data folder."""
    if settings.database_url is None:
        raise ValueError("PLUT_DATABASE_URL is not set")
    engine = make_engine(settings.database_url.get_secret_value(), settings)
    sessions = session_factory(engine)
    try:
        async with sessions() as db:
            if await db.scalar(select(exists().where(Organization.id.is_not(None)))):
                if not only_if_empty:
                    say("There are organizations already; the sample goes into an empty database only.")
                return
        await _seed(sessions, settings, say, scale)
    finally:
        await engine.dispose()


async def _seed(sessions: async_sessionmaker[AsyncSession], settings: Settings, say: Say, scale: int) -> None:
    chance = random.Random(SEED)  # noqa: S311 (the sample must be the same each time, not secret)
    inventor = Inventor(village_codes(), clock.today())
    async with unit_of_work(sessions) as db:  # All or nothing: a broken-off run leaves an empty database to start anew.
        house = await _found_house(db)
        say(f"{len(ORGANIZATIONS)} organizations with staff and machine clients")
        say(f"{await load_cooperatives(db, house.dinas):,} village cooperatives")
        say(f"{await load_businesses(db, house.dinas, inventor, BUSINESSES * scale):,} businesses with their owners")
        say(await trade(db, house.dinas, random.Random(SEED)))  # noqa: S311 (as above)
        say(await accompany_owners(db, house.dinas, house.consultants))
        await register_people(db, house.consultants[0], inventor, PEOPLE_WITHOUT_BUSINESS - UNACCOMPANIED)
        await register_people(db, house.dinas, inventor, UNACCOMPANIED)
        say(f"{PEOPLE_WITHOUT_BUSINESS:,} people without a business")
        await _train(db, house, chance, say)
        say(await prepare(db, house.consultants[0], chance))
        await _finance(db, house, chance, say)
        _keep(settings, house)


async def _train(db: AsyncSession, house: House, chance: random.Random, say: Say) -> None:
    """Programmes, and all that hangs on them."""
    organizers = {"DINAS": house.dinas, **house.officers}
    rooms = await open_building(db, house.dinas)
    commitments, words = await agree(db, house.dinas, house.partners)
    say(words)
    await hold_programs(db, Stage(house.dinas, organizers, rooms, commitments, chance), say)
    untouched, words = await prove(db, house.consultants, chance)
    say(words)
    say(await show_more(db, house.dinas, house.consultants, untouched))
    say(await follow_up(db, house.consultants, chance))
    say(await consult(db, house.dinas, house.consultants, chance))
    say(await let_others_book(db, list(organizers.values()), rooms, chance))


async def _finance(db: AsyncSession, house: House, chance: random.Random, say: Say) -> None:
    """What banks offer, who asks them, and what became of it; cooperatives with records."""
    offered, words = await offer(db, house.bankers)
    say(words)
    say(await confirm_and_refer(db, house.consultants, house.bankers, offered, chance))
    say(await keep_beside(db, house.dinas, house.bankers, offered))
    say(await keep_records(db, house.dinas, house.consultants[0]))


async def _found_house(db: AsyncSession) -> House:
    organizations = {}
    for code, name, kind, is_sharia in ORGANIZATIONS:
        given = OrganizationCreate(code=code, name=name, kind=kind, is_sharia=is_sharia)
        organizations[code] = await register_organization(db, None, given)
    credentials: dict[str, dict[str, str]] = {}
    dinas = await _staff(db, credentials, "dinas", Role.dinas, "DINAS")
    consultants = [await _staff(db, credentials, f"konsultan{n}", Role.consultant, "DINAS") for n in (1, 2, 3)]
    officers = {}
    for code, _, kind, _ in ORGANIZATIONS:
        if kind in ROLES:
            officers[code] = await _staff(db, credentials, code.lower(), ROLES[kind], code)
    bankers = {code: officer for code, officer in officers.items() if officer.role is Role.bank}
    for bank in (organizations[code] for code in bankers):
        client, secret = await create_client(db, bank.code, "Penarik daftar siap", BANK_SCOPES)
        credentials[f"client {bank.code}"] = {"client_id": str(client.id), "client_secret": secret}
    opds = {code: officer for code, officer in officers.items() if officer.role is Role.opd}
    partners = {code: one for code, one in organizations.items() if one.kind in PARTNERS}
    return House(dinas, consultants, opds, bankers, partners, credentials)


async def _staff(
    db: AsyncSession, credentials: dict[str, dict[str, str]], name: str, role: Role, organization: str
) -> Caller:
    email = f"{name}@plut.example"
    account, password = await create_staff(db, email, role, organization, f"Petugas contoh {name}")
    credentials[f"staff {name}"] = {"email": email, "password": password, "role": role.value}
    return Caller(account.id, Kind.staff, role, scopes_of(role), account.organization_id)


def _keep(settings: Settings, house: House) -> None:
    """Write the invented credentials where the operator finds them, and nobody else."""
    path = settings.data_dir / "sample-credentials.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(house.credentials, file, indent=2)
