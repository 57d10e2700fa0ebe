"""What banks report of repayment, in what happened to a business; the amounts stay where they are."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select

from plut_api.financing.models import Referral
from plut_api.financing.repayments.models import RepaymentReport
from plut_api.financing.repayments.words import CLASSES
from plut_api.kit.i18n import Text
from plut_api.kit.timeline import Business, Telling, entry, tells
from plut_api.organizations.models import Organization

_SPOKEN: Mapping[str, Text] = {str(collectibility): words for collectibility, words in CLASSES.items()}


@tells(
    "repayment_reports",
    kinds={
        "repayment.reported": Telling(
            "/v1/financing/referrals/{referral_id}/repayment-reports",
            Text(
                id="{bank} melaporkan angsuran per {as_of}: {collectibility}.",
                en="{bank} reported repayment as of {as_of}: {collectibility}.",
            ),
            {"collectibility": _SPOKEN},
        )
    },
)
def reports(actor_id: Business) -> Iterator[Select[Any]]:
    """Reports that stand. Leans on ix_referrals_actor_id and ix_repayment_reports_referral_id."""
    told = entry(
        "repayment.reported",
        RepaymentReport.id,
        RepaymentReport.created_at,
        by=RepaymentReport.reported_by,
        referral_id=Referral.id,
        bank=Organization.name,
        as_of=RepaymentReport.as_of,
        collectibility=RepaymentReport.collectibility,
    )
    told = told.join_from(Referral, RepaymentReport, RepaymentReport.referral_id == Referral.id)
    told = told.join(Organization, Organization.id == Referral.bank_id)
    yield told.where(Referral.actor_id == actor_id, RepaymentReport.superseded_at.is_(None))
