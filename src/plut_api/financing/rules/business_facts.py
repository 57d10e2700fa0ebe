"""The declared catalogue of facts of a business: what rules may read of it, and nothing else."""

from sqlalchemy import Date, Integer, Text, and_, cast, extract, func, or_, select

from plut_api.actors.models import Actor, MaritalStatus, Ownership, Person, deciding_figures, owns
from plut_api.financing.rules import paper_facts, trade_facts
from plut_api.financing.rules.facts import TODAY, Fact, Subject, link, links, months_since, rule_value_of
from plut_api.kit import i18n
from plut_api.outcomes.models import Dimension, Evidence, EvidenceState, Outcome
from plut_api.programs.attendance.models import Score, WhichTest
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Enrolment, EnrolmentState, Program

owner = (
    select(Person.id, Person.full_name, Person.birth_date, Person.marital_status, Person.identity_verified_at)
    .join(Ownership, Ownership.person_id == Person.id)
    .where(Ownership.actor_id == Actor.id, owns())
    .order_by(Ownership.id)
    .limit(1)
    .lateral("owner")
)
figures = (
    select(
        deciding_figures.c.id,
        deciding_figures.c.year,
        deciding_figures.c.sales_idr,
        deciding_figures.c.created_at,
        (deciding_figures.c.workers_female + deciding_figures.c.workers_male).label("workers"),
    )
    .where(deciding_figures.c.actor_id == Actor.id)
    .limit(1)  # Keeps the view in its place: joined, it would be computed for every business there is.
    .lateral("figures")
)
levels = (
    select(
        func.max(Outcome.reached_level).label("best"),
        *(
            func.max(Outcome.reached_level).filter(Outcome.dimension == dimension).label(dimension.value)
            for dimension in Dimension
        ),
        func.max(Outcome.reached_at).label("reached_at"),
    )
    .where(Outcome.actor_id == Actor.id)
    .lateral("levels")
)
proofs = (
    select(
        *(
            links("evidence", Evidence.id, Outcome.dimension == dimension).label(dimension.value)
            for dimension in Dimension
        )
    )
    .select_from(Outcome)
    .join(Evidence, Evidence.outcome_id == Outcome.id)
    .where(
        Outcome.actor_id == Actor.id,
        Evidence.state == EvidenceState.verified,
        Evidence.verified_level == Outcome.reached_level,
    )
    .lateral("proofs")
)
_for_business = or_(
    Enrolment.actor_id == Actor.id, and_(Enrolment.actor_id.is_(None), Enrolment.person_id == owner.c.id)
)
_teaches_finance = func.array_to_string(Program.topics, " ").regexp_match(r"(^| )finance\.literacy( |\.|$)")
_recent = Enrolment.completed_at >= func.cast(TODAY, Date) - func.make_interval(
    0, cast(rule_value_of("readiness.training_months"), Integer)
)
training = (
    select(
        func.count().label("completed"),
        func.count().filter(_teaches_finance).label("financial_literacy"),
        func.max(Score.score).filter(_teaches_finance).label("literacy_points"),
        func.max(Enrolment.completed_at).label("completed_at"),
        links("certificates", Certificate.code, _teaches_finance).label("certificates"),
    )
    .select_from(Enrolment)
    .join(Program, Program.id == Enrolment.program_id)
    .outerjoin(Score, and_(Score.enrolment_id == Enrolment.id, Score.test == WhichTest.post))
    .outerjoin(Certificate, and_(Certificate.enrolment_id == Enrolment.id, Certificate.revoked_at.is_(None)))
    .where(_for_business, Enrolment.state == EnrolmentState.completed, _recent)
    .lateral("training")
)

FACTS: dict[str, Fact] = {
    "identity_verified": Fact(
        owner.c.identity_verified_at.is_not(None),
        "yes_no",
        i18n.Text(id="KTP pemilik sudah dicocokkan petugas", en="staff compared the owner's identity card"),
        owner.c.identity_verified_at,
    ),
    "owner_age_years": Fact(
        cast(extract("year", func.age(TODAY, owner.c.birth_date)), Integer),
        "number",
        i18n.Text(id="umur pemilik pertama, tahun penuh", en="age of the first owner, whole years"),
    ),
    "owner_is_married": Fact(
        owner.c.marital_status == MaritalStatus.married,
        "yes_no",
        i18n.Text(id="pemilik pertama sudah kawin", en="the first owner is married"),
    ),
    "business_months": Fact(
        months_since(Actor.started_on),
        "number",
        i18n.Text(id="bulan penuh sejak hari pertama berdagang", en="whole months since the first day of trading"),
    ),
    "has_nib": Fact(Actor.nib_index.is_not(None), "yes_no", i18n.Text(id="NIB sudah tercatat", en="a NIB is on file")),
    "kbli_code": Fact(
        Actor.kbli_code, "text", i18n.Text(id="kegiatan utama, subgolongan KBLI", en="main activity, KBLI subclass")
    ),
    "status": Fact(
        cast(Actor.status, Text),
        "text",
        i18n.Text(id="active (aktif), dormant (tidur) atau closed (tutup)", en="active, dormant or closed"),
    ),
    "sales_idr": Fact(
        figures.c.sales_idr,
        "number",
        i18n.Text(
            id="penjualan tahun terbaru yang melaporkannya, rupiah",
            en="sales of the newest year that tells them, rupiah",
        ),
        figures.c.created_at,
        link("annual_figures", figures.c.id),
    ),
    "figures_year": Fact(
        figures.c.year, "number", i18n.Text(id="tahun angka itu", en="the year of these figures"), figures.c.created_at
    ),
    "figures_age_years": Fact(
        cast(extract("year", TODAY), Integer) - figures.c.year,
        "number",
        i18n.Text(id="tahun yang berlalu sejak tahun angka itu", en="years since the year of these figures"),
        figures.c.created_at,
    ),
    "workers": Fact(
        figures.c.workers,
        "number",
        i18n.Text(
            id="perempuan dan laki-laki yang bekerja, menurut angka itu",
            en="women and men who work in it, by these figures",
        ),
        figures.c.created_at,
    ),
    "best_outcome_level": Fact(
        levels.c.best,
        "number",
        i18n.Text(
            id="tingkat terverifikasi tertinggi dari semua dimensi", en="highest verified level of any dimension"
        ),
        levels.c.reached_at,
    ),
    **{
        f"{dimension.value}_level": Fact(
            levels.c[dimension],
            "number",
            i18n.Text(id=f"tingkat terverifikasi dimensi {dimension.value}", en=f"verified level of {dimension.value}"),
            levels.c.reached_at,
            proofs.c[dimension],
        )
        for dimension in Dimension
    },
    "programs_completed": Fact(
        training.c.completed,
        "number",
        i18n.Text(
            id="program yang selesai dalam 24 bulan, untuk usaha ini atau oleh pemilik pertamanya tanpa usaha",
            en="programmes completed within 24 months, for it or by its first owner for no business",
        ),
        training.c.completed_at,
    ),
    "financial_literacy_completed": Fact(
        training.c.financial_literacy,
        "number",
        i18n.Text(id="di antaranya, program literasi keuangan", en="of these, programmes on financial literacy"),
        training.c.completed_at,
        training.c.certificates,
    ),
    "financial_literacy_points": Fact(
        training.c.literacy_points,
        "number",
        i18n.Text(
            id="nilai tes akhir terbaik dari program itu, dari 100",
            en="best score of 100 in their tests afterwards",
        ),
        training.c.completed_at,
        training.c.certificates,
    ),
}

BUSINESS = Subject(
    "business",
    "U",
    Actor.id,
    "actor_id",
    FACTS | paper_facts.FACTS | trade_facts.FACTS,
    (owner, figures, levels, proofs, training, *paper_facts.SOURCES, *trade_facts.SOURCES),
)
