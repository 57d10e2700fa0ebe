"""Partners of the sample: agreements, what they commit themselves to, and the programmes that they sponsor by it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import WITA, clock_at
from plut_api.organizations.agreements.commitments import add_commitment
from plut_api.organizations.agreements.models import Commitment, CommitmentKind
from plut_api.organizations.agreements.schemas import AgreementCreate, CommitmentCreate
from plut_api.organizations.agreements.service import draft_agreement, move_agreement
from plut_api.organizations.agreements.states import AgreementMove
from plut_api.organizations.models import Organization
from plut_api.programs.models import Program
from plut_api.programs.sponsors.problems import CommitmentExceeded
from plut_api.programs.sponsors.schemas import SponsorCreate
from plut_api.programs.sponsors.service import sponsor
from plut_api.sample.pictures import keep_picture
from plut_api.sample.programs import days_before

K = CommitmentKind
AGREEMENTS: tuple[tuple[str, str, int, int, tuple[dict[str, Any], ...]], ...] = (
    (
        "PT_RITEL",
        "Rak UMKM di toko ritel",
        735,
        240,
        (
            {"kind": K.seats, "seats": 160, "note": "Kursi pelatihan pasar (contoh)."},
            {"kind": K.rupiah, "amount_idr": 180_000_000},
            {"kind": K.offtake, "quantity": 12_000, "unit": "kemasan", "product": "Keripik dan kue kering (contoh)"},
        ),
    ),
    (
        "UNIV_MATARAM",
        "Dosen dan laboratorium untuk UMKM",
        735,
        120,
        ({"kind": K.seats, "seats": 90, "note": "Kursi di laboratorium pangan (contoh)."},),
    ),
    ("BANK_SASAMBO", "Literasi keuangan desa", 735, 90, ({"kind": K.rupiah, "amount_idr": 250_000_000},)),
    (
        "PT_KOPI",
        "Magang dan serapan kopi Sembalun",
        150,
        400,
        (
            {"kind": K.seats, "seats": 40},
            {"kind": K.offtake, "quantity": 1_500, "unit": "kg", "product": "Kopi arabika sangrai (contoh)"},
        ),
    ),
)
"""Partner, title, days since it began, days until it ends, commitments."""


async def agree(db: AsyncSession, dinas: Caller, partners: Mapping[str, Organization]) -> tuple[list[Commitment], str]:
    """Active agreements, one that ended, one that was terminated, one draft. Commitments to sponsor by; in words."""
    commitments: list[Commitment] = []
    for number, (code, title, since, until, promised) in enumerate(AGREEMENTS):
        first, last = clock.today() - timedelta(days=since), clock.today() + timedelta(days=until)
        agreement = await _signed(db, dinas, partners[code], number, title, first, last)
        commitments += await _commit(db, dinas, agreement, first, last, promised)
    over, ended = clock.today() - timedelta(days=600), clock.today() - timedelta(days=240)
    for number, (code, move, reason) in enumerate(
        (
            ("UNIV_MATARAM", AgreementMove.end, None),
            ("PT_KOPI", AgreementMove.terminate, "Mitra menutup cabangnya (contoh)."),
        ),
        len(AGREEMENTS),
    ):
        past = await _signed(db, dinas, partners[code], number, "Kerja sama terdahulu", over, ended)
        with clock_at(_at(ended)):
            await move_agreement(db, dinas, past.id, move, reason)
    today = clock.today()
    await _drafted(db, dinas, partners["PT_RITEL"], 90, "Perpanjangan rak UMKM", today, today + timedelta(days=365))
    count = len(AGREEMENTS) + 3
    return commitments, f"{count} agreements of {len(partners)} partners with {len(commitments)} commitments"


async def sponsor_one(
    db: AsyncSession, dinas: Caller, program: Program, commitments: Sequence[Commitment], number: int
) -> None:
    """Let one of the commitments to seats or rupiah that were made by then sponsor a programme, while it lasts."""
    fitting = [one for one in commitments[:5] if one.kind is not K.offtake]
    chosen = fitting[number % len(fitting)]
    share = {"seats": 12} if chosen.kind is K.seats else {"amount_idr": 15_000_000}
    with clock_at(days_before(program.starts_on, 30)):
        try:
            await sponsor(db, dinas, program.id, SponsorCreate(commitment_id=chosen.id, **share))
        except CommitmentExceeded:
            return


async def _signed(
    db: AsyncSession, dinas: Caller, partner: Organization, number: int, title: str, first: date, last: date
) -> Any:
    with clock_at(_at(first)):
        drafted = await _drafted(db, dinas, partner, number, title, first, last, signed=True)
        return await move_agreement(db, dinas, drafted.id, AgreementMove.activate)


async def _drafted(
    db: AsyncSession,
    dinas: Caller,
    partner: Organization,
    number: int,
    title: str,
    first: date,
    last: date,
    *,
    signed: bool = False,
) -> Any:
    given = AgreementCreate(
        organization_id=partner.id,
        number=f"415.4/{number + 1:03d}/PKS-CONTOH/{first.year}",
        title=f"{title} (contoh)",
        starts_on=first,
        ends_on=last,
        signed_on=first if signed else None,
        paper_file_id=await keep_picture(db, dinas, "naskah-contoh.png", number) if signed else None,
    )
    return await draft_agreement(db, dinas, given)


async def _commit(
    db: AsyncSession, dinas: Caller, agreement: Any, first: date, last: date, promised: Sequence[dict[str, Any]]
) -> list[Commitment]:
    with clock_at(_at(first)):
        return [
            await add_commitment(db, dinas, agreement.id, CommitmentCreate(due_on=last - timedelta(days=30), **one))
            for one in promised
        ]


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), WITA)
