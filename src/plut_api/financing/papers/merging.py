"""Papers of two businesses that are one."""

from plut_api.kit.merging import Merge, Of, merging, moves, rule

moves("credit_declarations.actor_id", of=Of.actors)

ONE_PLAN = rule(
    "one_financing_plan",
    id="Rencana pembiayaan yang terakhir diubah berlaku; yang lain tidak berlaku lagi.",
    en="The financing plan that was changed last holds; the other one goes.",
)
ONE_MONTH = rule(
    "one_book_month",
    id="Bulan yang ada pada kedua data: catatan data yang dipertahankan berlaku, yang lain menjadi riwayat.",
    en="A month on both records: the survivor's entry stands, the other one is kept as history.",
)
ONE_ACCOUNT = rule(
    "same_bank_account",
    id="Rekening yang sama pada kedua data tetap satu.",
    en="The same bank account on both records stays one.",
)


@merging(of=Of.actors, columns=("financing_plans.actor_id",), order=30)
async def join_plans(merge: Merge) -> None:
    """Both have a plan: the one that was changed last holds."""
    pair = "(:survivor, :merged)"
    await merge.remove(
        "financing_plans",
        f"""t.actor_id IN {pair} AND EXISTS (SELECT FROM financing_plans o WHERE o.actor_id IN {pair}
            AND o.actor_id <> t.actor_id AND (o.updated_at, o.id) > (t.updated_at, t.id))""",
        rule=ONE_PLAN,
    )
    await merge.change("financing_plans", "t.actor_id = :merged", {"actor_id": ":survivor"})


@merging(of=Of.actors, columns=("book_months.actor_id",), order=30)
async def join_months(merge: Merge) -> None:
    """A month stands on both: the survivor's entry stands, the other is history."""
    await merge.change(
        "book_months",
        """t.actor_id = :merged AND t.superseded_at IS NULL AND EXISTS (SELECT FROM book_months o
            WHERE o.actor_id = :survivor AND o.month = t.month AND o.superseded_at IS NULL)""",
        {"superseded_at": "now()"},
        rule=ONE_MONTH,
    )
    await merge.change("book_months", "t.actor_id = :merged", {"actor_id": ":survivor"})


@merging(of=Of.actors, columns=("bank_accounts.actor_id",), order=30)
async def join_accounts(merge: Merge) -> None:
    """An open account of one number is on both: the survivor's stays, the other is taken off."""
    await merge.change(
        "bank_accounts",
        """t.actor_id = :merged AND t.ended_at IS NULL AND EXISTS (SELECT FROM bank_accounts o
            WHERE o.actor_id = :survivor AND o.number_index = t.number_index AND o.ended_at IS NULL)""",
        {"ended_at": "now()"},
        rule=ONE_ACCOUNT,
    )
    await merge.change("bank_accounts", "t.actor_id = :merged", {"actor_id": ":survivor"})
