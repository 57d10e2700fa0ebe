"""Recording and verifying yearly figures. Nothing is overwritten: each report, correction and verification is a row.

Which row of a year counts is said in one place (`counting_figures` in models/figures.py), and so is which of those
decide (`deciding_figures`). The size class follows in the same transaction.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_reached_by, require_actor, require_staff
from plut_api.actors.models import Actor, AnnualFigure, FigureSource, SizeCause, Verification, counting_figures
from plut_api.actors.problems import FigureLevelReached, FigureNotFound, FigureSuperseded, VerifierIsReporter
from plut_api.actors.schemas.figures import AnnualFigureCreate, FigureVerification
from plut_api.actors.size_changes import derive_size
from plut_api.actors.size_law import let_law_speak
from plut_api.kit import outbox
from plut_api.kit.caller import Caller
from plut_api.kit.files import readable_through, require_file
from plut_api.kit.problems import Fault, Invalid, fault

FIGURES = ("capital_idr", "sales_idr", "assets_idr", "workers_female", "workers_male", "workers_disability")
_OF_STAFF = frozenset({FigureSource.officer, FigureSource.tax, FigureSource.exchange})


@readable_through(AnnualFigure.file_id, of_subject=lambda subject: AnnualFigure.actor_id.in_(subject.sole_actor_ids))
def _(caller: Caller) -> ColumnElement[bool]:
    return actors_reached_by(caller, AnnualFigure.actor_id)


@dataclass(frozen=True)
class Recorded:
    """A new row, whether it is the one that counts of its year, and what looks wrong about it."""

    figure: AnnualFigure
    counts: bool
    warnings: list[Fault]


async def record_figures(db: AsyncSession, caller: Caller, actor_id: UUID, given: AnnualFigureCreate) -> Recorded:
    """Report figures of a year; earlier reports stay. The size class follows at once.

    Raises ActorNotFound, Invalid (`source_refused`, `verification_refused`, `disability_more_than_workers`,
    `file_unknown`). Emits figures.recorded, and actor.size_changed if it did.
    """
    actor = await require_actor(db, caller, actor_id, for_update=True)
    faults = [*_faults_of_caller(caller, given), *_faults_of_workers(given)]
    if faults:
        raise Invalid(errors=faults)
    if given.file_id is not None:
        await require_file(db, caller, given.file_id)
    source = given.source or (FigureSource.owner if caller.is_person else FigureSource.officer)
    figure = AnnualFigure(
        actor_id=actor.id, source=source.value, recorded_by=caller.id, **given.model_dump(exclude={"source"})
    )
    before = await _counting(db, actor.id, given.year)
    await _add(db, caller, figure, SizeCause.figures if before is None else SizeCause.correction)
    counts = before is None or figure.verification.rank >= Verification(before.verification).rank
    return Recorded(figure, counts, _warnings(actor, figure, before, counts=counts))


async def verify_figures(
    db: AsyncSession, caller: Caller, actor_id: UUID, figure_id: UUID, given: FigureVerification
) -> Recorded:
    """Say that a report was held against papers, to a level: a new row repeats its figures and names it.

    `verified` is said by somebody else than whoever reported or saw the papers. Raises StaffOnly, ActorNotFound,
    FigureNotFound, FigureSuperseded, FigureLevelReached, VerifierIsReporter, Invalid (`file_unknown`). Emits
    figures.recorded, and actor.size_changed if it did.
    """
    require_staff(caller)
    actor = await require_actor(db, caller, actor_id, for_update=True)
    report = await require_figure(db, actor.id, figure_id)
    counting = await _counting(db, actor.id, report.year)
    if counting is not None and report.id < counting.id:
        raise FigureSuperseded()
    if given.verification.rank <= report.verification.rank:
        raise FigureLevelReached()
    if given.verification is Verification.verified and caller.id in await _reporters(db, report):
        raise VerifierIsReporter()
    if given.file_id is not None:
        await require_file(db, caller, given.file_id)
    figure = AnnualFigure(
        actor_id=actor.id,
        year=report.year,
        source=report.source,
        verification=given.verification,
        of_figure_id=report.id,
        file_id=given.file_id or report.file_id,
        recorded_by=caller.id,
        **{name: getattr(report, name) for name in FIGURES},
    )
    await _add(db, caller, figure, SizeCause.correction)
    counts = counting is None or figure.verification.rank >= Verification(counting.verification).rank
    return Recorded(figure, counts, _warnings(actor, figure, counting, counts=counts))


async def require_figure(db: AsyncSession, actor_id: UUID, figure_id: UUID) -> AnnualFigure:
    """A report of this business. Raises FigureNotFound."""
    found = await db.scalar(select(AnnualFigure).where(AnnualFigure.id == figure_id, AnnualFigure.actor_id == actor_id))
    if found is None:
        raise FigureNotFound()
    return found


async def _add(db: AsyncSession, caller: Caller, figure: AnnualFigure, cause: SizeCause) -> None:
    await let_law_speak(db, [figure.actor_id])
    db.add(figure)
    await db.flush()
    await db.refresh(figure)
    await outbox.record(
        db,
        "figures.recorded",
        figure.actor_id,
        by=caller,
        actor_id=figure.actor_id,
        figure_id=figure.id,
        year=figure.year,
        verification=figure.verification.value,
    )
    await derive_size(db, figure.actor_id, cause, by=caller)


async def _counting(db: AsyncSession, actor_id: UUID, year: int) -> Any:
    """The row of a year that counts now."""
    of_year = (counting_figures.c.actor_id == actor_id) & (counting_figures.c.year == year)
    return (await db.execute(select(counting_figures).where(of_year))).one_or_none()


async def _reporters(db: AsyncSession, report: AnnualFigure) -> set[UUID | None]:
    """Who reported what is to be verified, and who saw its papers."""
    seen = select(AnnualFigure.recorded_by).where(AnnualFigure.id == report.of_figure_id)
    return {report.recorded_by, *await db.scalars(seen)}


def _faults_of_caller(caller: Caller, given: AnnualFigureCreate) -> list[Fault]:
    faults = []
    allowed = {FigureSource.owner} if caller.is_person else _OF_STAFF
    if given.source is not None and given.source not in allowed:
        faults.append(
            fault(
                "#/source",
                "source_refused",
                id="Pemilik melapor sebagai owner; petugas sebagai officer, tax atau exchange",
                en="Owners report as owner; staff as officer, tax or exchange",
            )
        )
    highest = Verification.declared if caller.is_person else Verification.document_seen
    if given.verification.rank > highest.rank:
        faults.append(
            fault(
                "#/verification",
                "verification_refused",
                id="Dokumen dilihat oleh petugas; verifikasi dilakukan atas laporan yang sudah ada",
                en="Staff say that they saw the papers; verifying is done of a report that is there",
            )
        )
    return faults


def _faults_of_workers(given: AnnualFigureCreate) -> list[Fault]:
    workers = (given.workers_female, given.workers_male)
    if given.workers_disability is None or None in workers:
        return []
    if given.workers_disability <= sum(number or 0 for number in workers):
        return []
    return [
        fault(
            "#/workers_disability",
            "disability_more_than_workers",
            id="Pekerja penyandang disabilitas termasuk dalam jumlah pekerja perempuan dan laki-laki",
            en="Workers with a disability are among the women and men who work in it",
        )
    ]


def _warnings(actor: Actor, figure: AnnualFigure, before: Any, *, counts: bool) -> list[Fault]:
    found = []
    if actor.started_on is not None and figure.year < actor.started_on.year:
        found.append(
            fault(
                "#/year",
                "year_before_start",
                id="Tahun ini sebelum usaha mulai; periksa tahun atau tanggal mulai usaha",
                en="The business had not started in this year; check the year or its first day",
            )
        )
    if not counts:
        found.append(
            fault(
                "#/verification",
                "year_proven_better",
                id="Angka tahun ini sudah terbukti lebih baik; laporan ini dihitung setelah dibuktikan sama baiknya",
                en="This year is proven better already; this report counts once it is proven as well",
            )
        )
    elif before is not None:
        found += [
            fault(
                f"#/{name}",
                "figure_left_out",
                id="Laporan sebelumnya menyebut angka ini; kini tidak diketahui untuk tahun ini",
                en="The report before told this figure; it is not known of this year any more",
            )
            for name in FIGURES
            if getattr(before, name) is not None and getattr(figure, name) is None
        ]
    return found
