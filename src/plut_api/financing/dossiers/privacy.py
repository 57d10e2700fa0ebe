"""Dossiers of a person's businesses, and what becomes of them when the person is erased."""

from typing import Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.dossiers.models import Dossier
from plut_api.financing.dossiers.service import CONTENT
from plut_api.financing.models import Referral
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, personal_data, rows_of


@personal_data(
    "dossiers",
    "dossiers",
    about=Text(
        id="Berkas yang dikirim ke bank bersama permohonan Anda.", en="What banks were given with your requests."
    ),
)
async def held_dossiers(db: AsyncSession, subject: Subject) -> list[Row]:
    """Dossiers of the person's businesses, with what they hold."""
    rows = await rows_of(db, Dossier, Dossier.referral_id.in_(_of(subject.actor_ids)), subject)
    sealed = select(Dossier.id, Dossier.content_sealed).where(
        Dossier.referral_id.in_(_of(subject.actor_ids)), Dossier.content_sealed.is_not(None)
    )
    found = [(one, content) for one, content in await db.execute(sealed) if content is not None]
    held = {str(one): orjson.loads(vault().open(CONTENT, content)) for one, content in found}
    return [row | {"content": held.get(str(row["id"]))} for row in rows]


@erasing(order=6)
async def empty_dossiers(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove what dossiers hold; who has one on paper finds that it was genuine, and of nobody."""
    statement = update(Dossier).where(Dossier.referral_id.in_(_of(subject.sole_actor_ids)))
    statement = statement.values(content_sealed=None, present_sealed=None, business_masked="")
    quietly = statement.execution_options(synchronize_session=False)
    emptied = (await db.scalars(quietly.returning(Dossier.id))).all()
    audit.record(db, audit.Action.changed, "dossiers", emptied, about=[subject.person_id], after={"erased": True})
    kept = Kept(
        "dossiers",
        Text(
            id="Kode dan sidik berkas tanpa isinya, agar pemegangnya tahu berkas itu pernah sah.",
            en="Codes and fingerprints of dossiers without what they held, so that who has one learns it was genuine.",
        ),
        "UU 27/2022 art. 44",
    )
    return Erased("dossiers", emptied=len(emptied), kept=[kept] if emptied else [])


def _of(actor_ids: tuple[Any, ...]) -> Any:
    return select(Referral.id).where(Referral.actor_id.in_(actor_ids))
