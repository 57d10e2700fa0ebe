"""The declared catalogue of facts of a cooperative: what rules may read of it, and nothing else."""

from typing import Any

from sqlalchemy import Date, and_, case, cast, func, literal

from plut_api.cooperatives.models import Cooperative
from plut_api.financing.rules import cooperative_sources as on_file
from plut_api.financing.rules.facts import Fact, Kind, Subject, days_since, months_since
from plut_api.kit import i18n
from plut_api.kit.clock import WITA

papers, officers, meetings = on_file.papers, on_file.officers, on_file.meetings
proposal, declaration, outlets = on_file.proposal, on_file.declaration, on_file.outlets
figures, members, training = on_file.figures, on_file.members, on_file.training
freshness, mandate = on_file.freshness, on_file.mandate
BOARD_POSTS = 5
"""Chair, two deputies, secretary, treasurer: posts that one member of the board each holds (Juklak Menkop 1/2025)."""


def _fact(expression: Any, kind: Kind, source: Any, at: str | None, id_: str, en: str) -> Fact:
    """A fact of one source: when it was established and what proves it stand in columns of the source."""
    proof = source.c.proof if source is not None and "proof" in source.c else None
    return Fact(expression, kind, i18n.Text(id=id_, en=en), source.c[at] if at else None, proof)


def _declared(said: Any, not_said: Any) -> Any:
    """A bad thing that somebody declared is known; a good one only once everybody has declared."""
    return case((said, literal(True)), (not_said, None), else_=said)


PAPERS: dict[str, Fact] = {
    "legal_decision_seen": _fact(
        papers.c.legal_decision,
        "yes_no",
        papers,
        "seen_at",
        "keputusan badan hukum (AHU) sudah dilihat konsultan dan cocok dengan daftar",
        "a consultant saw the decision that made it a legal entity (AHU), and it fits the register",
    ),
    "nik_koperasi_seen": _fact(
        papers.c.nik_koperasi,
        "yes_no",
        papers,
        "seen_at",
        "sertifikat NIK koperasi sudah dilihat konsultan dan cocok dengan daftar",
        "a consultant saw the certificate of its NIK koperasi, and it fits the register",
    ),
    **{
        f"{name}_in_own_name": _fact(
            papers.c[name],
            "yes_no",
            papers,
            "seen_at",
            f"{words[0]} atas nama koperasi sudah dilihat konsultan",
            f"a consultant saw {words[1]} in the name of the cooperative",
        )
        for name, words in {
            "nib": ("NIB", "the NIB"),
            "npwp": ("NPWP", "the NPWP"),
            "account": ("rekening", "an account"),
        }.items()
    },
    "supply_agreements": _fact(
        papers.c.supply,
        "number",
        papers,
        "seen_at",
        "perjanjian pasokan yang masih berlaku dan sudah dilihat konsultan",
        "contracts of supply that hold and that a consultant saw",
    ),
}

PEOPLE: dict[str, Fact] = {
    "board_size": _fact(
        officers.c.board, "number", officers, "told_at", "jumlah pengurus yang menjabat", "people on the board"
    ),
    "board_is_odd": _fact(
        officers.c.board % 2 == 1,
        "yes_no",
        officers,
        "told_at",
        "jumlah pengurus ganjil",
        "the board has an odd number",
    ),
    "board_posts_filled": _fact(
        case(
            (officers.c.board.is_not(None), and_(officers.c.posts == BOARD_POSTS, officers.c.seats == officers.c.board))
        ),
        "yes_no",
        officers,
        "told_at",
        "ketua, dua wakil, sekretaris dan bendahara terisi, masing-masing oleh orang yang berbeda",
        "chair, both deputies, secretary and treasurer are there, each another person",
    ),
    "officers_have_kin": _fact(
        _declared(officers.c.kin, officers.c.kin_open),
        "yes_no",
        officers,
        "told_at",
        "ada pengurus atau pengawas yang berkerabat dekat dengan pengurus atau pengawas lain",
        "an officer is near kin of another",
    ),
    "officers_lead_village": _fact(
        _declared(officers.c.village, officers.c.village_open),
        "yes_no",
        officers,
        "told_at",
        "ada pengurus atau pengawas dari pimpinan desa, selain kepala desa sebagai ketua pengawas",
        "an officer leads the village, other than its head who chairs the supervisors",
    ),
    "officers_verified": _fact(
        officers.c.verified,
        "yes_no",
        officers,
        "told_at",
        "susunan pengurus dan pengawas sudah dicocokkan konsultan dengan suratnya",
        "a consultant compared every officer in office with the paper",
    ),
    "officers_trainings": Fact(
        training.c.completed,
        "number",
        i18n.Text(
            id="pelatihan yang diselesaikan pengurus dan pengawas terdaftar dalam 24 bulan",
            en="programmes that registered officers and managers completed within 24 months",
        ),
        training.c.completed_at,
    ),
}

MEETINGS: dict[str, Fact] = {
    "founding_minutes_seen": _fact(
        meetings.c.founding,
        "yes_no",
        meetings,
        "seen_at",
        "berita acara musdesus pendirian sudah dilihat konsultan",
        "a consultant saw the minutes of the founding meeting",
    ),
    "annual_meeting_year": _fact(
        meetings.c.year,
        "number",
        meetings,
        "seen_at",
        "tahun buku terakhir yang RAT-nya diterima",
        "the last year whose accounts an annual meeting accepted",
    ),
    "months_without_annual_meeting": _fact(
        func.greatest(0, months_since(func.make_date(on_file.year_to_account_for + 1, 1, 1))),
        "number",
        meetings,
        "seen_at",
        "bulan penuh sejak berakhirnya tahun buku pertama yang belum ada RAT-nya",
        "whole months since the end of the first year without an annual meeting",
    ),
    "village_approves": _fact(
        meetings.c.approval,
        "yes_no",
        meetings,
        "seen_at",
        "musdes dan kepala desa menyetujui",
        "the village and its head approve",
    ),
    "bank_asks": Fact(
        on_file.BANK.is_not(None), "yes_no", i18n.Text(id="dinilai untuk satu bank", en="it is asked for one bank")
    ),
    "bank_has_consent": Fact(
        mandate.c.consents > 0,
        "yes_no",
        i18n.Text(id="izin kepada bank ini berlaku", en="a consent to this bank is in force"),
    ),
    "board_decided": _fact(
        meetings.c.board,
        "yes_no",
        meetings,
        "seen_at",
        "keputusan pengurus untuk bank ini sudah dilihat konsultan",
        "a consultant saw the decision of the board for this bank",
    ),
}

PLANS: dict[str, Fact] = {
    "proposal_total_idr": _fact(
        proposal.c.total, "number", proposal, "updated_at", "jumlah yang dibutuhkan, rupiah", "what it asks for, rupiah"
    ),
    "proposal_opex_idr": _fact(
        proposal.c.opex,
        "number",
        proposal,
        "updated_at",
        "di antaranya biaya operasional, rupiah",
        "of this, operating expenses, rupiah",
    ),
    "proposal_stages": _fact(
        proposal.c.stages, "number", proposal, "updated_at", "tahap dalam proposal", "stages of the proposal"
    ),
    "proposal_sources": _fact(
        proposal.c.sources, "number", proposal, "updated_at", "sumber pengembalian", "sources of repayment"
    ),
    "proposal_cover_percent": _fact(
        proposal.c.cover,
        "number",
        proposal,
        "updated_at",
        "pendapatan setahun dibanding angsurannya, persen",
        "income of a year against its instalments, percent",
    ),
    "proposal_scheme": _fact(
        func.coalesce(proposal.c.scheme, "none"),
        "text",
        proposal,
        "updated_at",
        "skema yang dituju, atau none",
        "the scheme it is meant for, or none",
    ),
    "declaration_days": _fact(
        days_since(declaration.c.declared_on),
        "number",
        declaration,
        "created_at",
        "hari sejak pernyataan kredit terakhir",
        "days since the last credit declaration",
    ),
    "cooperative_has_arrears": _fact(
        declaration.c.has_arrears, "yes_no", declaration, "created_at", "koperasi menunggak", "it is in arrears"
    ),
    "chair_has_arrears": _fact(
        declaration.c.chair_has_arrears,
        "yes_no",
        declaration,
        "created_at",
        "ketua menunggak",
        "its chair is in arrears",
    ),
}

TRADE: dict[str, Fact] = {
    "outlet_months": _fact(
        months_since(outlets.c.open_since),
        "number",
        outlets,
        "seen_at",
        "bulan penuh sejak gerai terlama yang masih buka dibuka",
        "whole months that the longest open outlet has been open",
    ),
    "premises_papered": _fact(
        outlets.c.housed,
        "yes_no",
        outlets,
        "seen_at",
        "tempat usaha milik, pinjam pakai atau sewa, dengan surat yang masih berlaku",
        "premises owned, borrowed or leased, by a paper that holds",
    ),
    "months_with_sales": _fact(
        figures.c.sold,
        "number",
        figures,
        "told_at",
        "bulan dengan penjualan yang sudah dilihat konsultan, dari 6 bulan terakhir",
        "of the last 6 months, those with sales that a consultant saw",
    ),
    "months_stated": _fact(
        figures.c.stated,
        "number",
        figures,
        "told_at",
        "bulan dengan laporan dan berkasnya, dari 6 bulan terakhir",
        "of the last 6 months, those with a statement and its paper",
    ),
    "members_paid": _fact(
        members.c.paid,
        "number",
        members,
        "updated_at",
        "anggota yang lunas simpanannya, menurut laporan terakhir yang sudah dilihat",
        "members who paid their savings, by the last statement that was verified",
    ),
    "members_paid_percent": _fact(
        members.c.percent,
        "number",
        members,
        "updated_at",
        "bagian dari semua anggota, persen",
        "of all members, percent",
    ),
    "file_age_days": Fact(
        days_since(cast(func.timezone(str(WITA), freshness.c.at), Date)),
        "number",
        i18n.Text(id="hari sejak data koperasi terakhir berubah", en="days since anything of it was updated"),
        freshness.c.at,
    ),
}

FACTS: dict[str, Fact] = {**PAPERS, **PEOPLE, **MEETINGS, **PLANS, **TRADE}
SOURCES = (
    *(papers, officers, meetings, proposal, declaration, outlets, figures, members),
    *(training, freshness, mandate),
)
COOPERATIVE = Subject("cooperative", "C", Cooperative.id, "cooperative_id", FACTS, SOURCES)
