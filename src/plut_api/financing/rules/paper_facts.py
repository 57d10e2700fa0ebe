"""Facts of a business from what it prepares for a bank: its plan, its declarations, its books, its accounts."""

from sqlalchemy import BigInteger, Date, Integer, Numeric, Text, and_, case, cast, func, not_, or_, select, true

from plut_api.actors.models import Actor
from plut_api.financing.papers.models import BankAccount, BookMonth, Coverage, CreditDeclaration, FinancingPlan
from plut_api.financing.rules.facts import TODAY, Fact, days_since, link, links, rule_value_of
from plut_api.kit import i18n

MOST_PERCENT = 1000
"""What an instalment is said to take of the surplus where there is none, or next to none."""


def _since_months(code: str) -> object:
    """SQL of the first day of the month that lies so many whole months before the running one."""
    this_month = cast(func.date_trunc("month", cast(TODAY, Date)), Date)
    return cast(this_month - func.make_interval(0, cast(rule_value_of(code), Integer)), Date)


plan = select(FinancingPlan).where(FinancingPlan.actor_id == Actor.id).limit(1).lateral("plan")
declaration = (
    select(CreditDeclaration)
    .where(CreditDeclaration.actor_id == Actor.id)
    .order_by(CreditDeclaration.declared_on.desc(), CreditDeclaration.id.desc())
    .limit(1)
    .lateral("declaration")
)
_proven = and_(BookMonth.proof.is_not(None), BookMonth.month >= _since_months("papers.proof_window_months"))
_month_end = cast(BookMonth.month + func.make_interval(0, 1) - func.make_interval(0, 0, 0, 1), Date)
books = (
    select(
        cast(func.sum(case((BookMonth.coverage == Coverage.full, 1.0), else_=0.5)), Numeric).label("covered"),
        func.count().filter(_proven).label("proven"),
        func.avg(BookMonth.sales_idr - BookMonth.expenses_idr).label("surplus"),
        func.max(func.least(_month_end, cast(TODAY, Date))).filter(BookMonth.sales_idr > 0).label("sold_on"),
        func.max(BookMonth.created_at).label("entered_at"),
        links("book_months", BookMonth.id, _proven).label("proofs"),
    )
    .where(
        BookMonth.actor_id == Actor.id,
        BookMonth.superseded_at.is_(None),
        BookMonth.month >= _since_months("papers.books_window_months"),
    )
    .lateral("books")
)
accounts = (
    select(
        func.count(BankAccount.id).label("open"),
        func.count(BankAccount.nmid).label("with_nmid"),
        func.max(BankAccount.created_at).label("entered_at"),
        links("bank_accounts", BankAccount.id, true()).label("links"),
    )
    .where(BankAccount.actor_id == Actor.id, BankAccount.ended_at.is_(None))
    .lateral("accounts")
)

_instalment = (
    cast(plan.c.amount_idr, Numeric) / plan.c.tenor_months
    + cast(plan.c.amount_idr, Numeric) * rule_value_of("papers.assumed_yearly_cost_bp") / 10_000 / 12
)
_of_surplus = case(
    (books.c.surplus <= 0, MOST_PERCENT),
    else_=func.least(MOST_PERCENT, func.ceil(_instalment * 100 / func.nullif(books.c.surplus, 0))),
)
_declared = declaration.c.id.is_not(None)
_of_plan = {"established_at": plan.c.updated_at, "evidence": link("financing_plans", plan.c.actor_id)}
_of_declaration = {
    "established_at": declaration.c.created_at,
    "evidence": link("credit_declarations", declaration.c.id),
}

FACTS: dict[str, Fact] = {
    "plan_amount_idr": Fact(
        plan.c.amount_idr,
        "number",
        i18n.Text(id="jumlah yang diminta dalam rencana, rupiah", en="amount wanted by the plan, rupiah"),
        **_of_plan,
    ),
    "plan_tenor_months": Fact(
        plan.c.tenor_months,
        "number",
        i18n.Text(id="jangka waktu dalam rencana, bulan", en="tenor wanted by the plan, months"),
        **_of_plan,
    ),
    "plan_principle": Fact(
        cast(plan.c.principle, Text),
        "text",
        i18n.Text(
            id="prinsip yang diinginkan: conventional, sharia, any",
            en="principle wished for: conventional, sharia, any",
        ),
        **_of_plan,
    ),
    "plan_is_itemised": Fact(
        case((plan.c.id.is_not(None), plan.c.items_total_idr.is_not(None))),
        "yes_no",
        i18n.Text(
            id="rencana memuat rincian berharga yang jumlahnya sama dengan yang diminta",
            en="the plan has priced items that sum up to its amount",
        ),
        **_of_plan,
    ),
    "declaration_age_days": Fact(
        days_since(declaration.c.declared_on),
        "number",
        i18n.Text(id="umur pernyataan kredit terbaru, hari", en="age of the newest credit declaration, days"),
        **_of_declaration,
    ),
    "has_arrears": Fact(
        declaration.c.has_arrears,
        "yes_no",
        i18n.Text(id="pemilik menyatakan ada tunggakan", en="the owner declares arrears"),
        **_of_declaration,
    ),
    "has_barred_credit": Fact(
        declaration.c.has_barred_credit,
        "yes_no",
        i18n.Text(
            id="pemilik menyatakan ada kredit berjalan yang menghalangi",
            en="the owner declares a running loan that bars another",
        ),
        **_of_declaration,
    ),
    "has_excluded_occupation": Fact(
        declaration.c.has_excluded_occupation,
        "yes_no",
        i18n.Text(
            id="pemilik menyatakan aktif sebagai ASN, TNI atau Polri",
            en="the owner declares to be active in civil service, armed forces or police",
        ),
        **_of_declaration,
    ),
    "bank_found_obstacle": Fact(
        case((_declared, func.coalesce(not_(declaration.c.bank_found_clear), False))),
        "yes_no",
        i18n.Text(id="bank yang ditanya menjawab ada halangan", en="a bank that was asked answered with a no"),
        **_of_declaration,
    ),
    "book_months_covered": Fact(
        cast(func.floor(func.coalesce(books.c.covered, 0)), Integer),
        "number",
        i18n.Text(
            id="bulan yang tercatat dalam 12 bulan terakhir; catatan setengah bulan dihitung setengah",
            en="months on file of the last 12; one that is half covered counts half",
        ),
        books.c.entered_at,
        case((books.c.entered_at.is_not(None), link("books", Actor.id))),
    ),
    "sales_proof_months": Fact(
        books.c.proven,
        "number",
        i18n.Text(
            id="bulan dengan bukti penjualan dalam 6 bulan terakhir",
            en="months of the last 6 whose sales are evidenced",
        ),
        books.c.entered_at,
        books.c.proofs,
    ),
    "monthly_surplus_idr": Fact(
        cast(books.c.surplus, BigInteger),
        "number",
        i18n.Text(
            id="rata-rata sisa penjualan setelah pengeluaran per bulan, rupiah",
            en="mean of what is left of a month's sales after expenses, rupiah",
        ),
        books.c.entered_at,
    ),
    "instalment_percent": Fact(
        cast(_of_surplus, BigInteger),
        "number",
        i18n.Text(
            id="angsuran dari rencana, persen dari sisa bulanan; hitungan sendiri dengan biaya setahun yang diandaikan",
            en="instalment of the plan, percent of the mean surplus; a self-check at an assumed yearly cost",
        ),
        func.greatest(plan.c.updated_at, books.c.entered_at),
        link("financing_plans", plan.c.actor_id),
    ),
    "days_since_sale": Fact(
        days_since(books.c.sold_on),
        "number",
        i18n.Text(
            id="hari sejak bulan terakhir dengan penjualan menurut pembukuan",
            en="days since the last month with sales by the books",
        ),
        books.c.entered_at,
    ),
    "has_account": Fact(
        or_(accounts.c.open > 0, Actor.qris_nmid.is_not(None)),
        "yes_no",
        i18n.Text(
            id="ada rekening atas nama pemilik atau usaha, atau NMID QRIS",
            en="there is an account in the owner's or the business's name, or a QRIS id",
        ),
        accounts.c.entered_at,
        accounts.c.links,
    ),
}
SOURCES = (plan, declaration, books, accounts)
