"""Every room's hooks about people (kit/privacy.py), imported for their side effect on the registers."""

from plut_api.actors.duplicates import privacy as duplicates
from plut_api.actors.merging import privacy as merging
from plut_api.actors.privacy import businesses, erasure, figures, held, people
from plut_api.consulting import privacy as consulting
from plut_api.cooperatives import privacy as cooperatives
from plut_api.cooperatives.records import privacy as cooperative_records
from plut_api.facilities import privacy as facilities
from plut_api.financing import closing
from plut_api.financing import privacy as financing
from plut_api.financing.dossiers import privacy as dossiers
from plut_api.financing.history import privacy as readiness_history
from plut_api.financing.objections import privacy as objections
from plut_api.financing.papers import privacy as papers
from plut_api.financing.products import privacy as products
from plut_api.financing.repayments import privacy as repayments
from plut_api.financing.saved_searches import privacy as saved_searches
from plut_api.identity import privacy as identity
from plut_api.identity.messages import privacy as messages
from plut_api.integration import privacy as integration
from plut_api.kit.files import privacy as files
from plut_api.organizations.agreements import privacy as agreements
from plut_api.outcomes import privacy as outcomes
from plut_api.outcomes.follow_ups import privacy as follow_ups
from plut_api.programs import privacy as programs
from plut_api.programs.attendance import privacy as attendance
from plut_api.programs.certificates import privacy as certificates
from plut_api.programs.overlaps import privacy as overlaps
from plut_api.programs.sponsors import privacy as sponsors
from plut_api.programs.waiting import privacy as waiting

HOOKS = (
    dossiers,
    merging,
    duplicates,
    files,
    identity,
    messages,
    held,
    businesses,
    figures,
    people,
    erasure,
    facilities,
    programs,
    attendance,
    certificates,
    waiting,
    overlaps,
    outcomes,
    follow_ups,
    consulting,
    agreements,
    sponsors,
    cooperatives,
    cooperative_records,
    financing,
    readiness_history,
    objections,
    repayments,
    papers,
    products,
    saved_searches,
    closing,
    integration,
)
