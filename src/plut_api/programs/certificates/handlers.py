"""What the worker tells people of their certificates."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import messages
from plut_api.kit.outbox import Event, on
from plut_api.programs.certificates.models import Certificate, RevokeReason
from plut_api.programs.models import Enrolment


@on("certificate.issued", "certificate.revoked")
async def tell_holder(db: AsyncSession, event: Event) -> None:
    """Tell the holder that a certificate is there, or that it holds no more; of one that was replaced the new one."""
    query = select(Certificate, Enrolment.person_id).join(Enrolment, Enrolment.id == Certificate.enrolment_id)
    found = (await db.execute(query.where(Certificate.id == event.subject_id))).one_or_none()
    if found is None or event.facts.get("reason") == RevokeReason.replaced.value:
        return
    certificate, person_id = found
    facts = {"number": certificate.number, "program": certificate.program_title}
    template = "certificate_issued" if event.name == "certificate.issued" else "certificate_revoked"
    await messages.send(db, to=person_id, template=template, facts=facts, dedupe_key=str(event.id))
