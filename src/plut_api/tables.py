"""Every table of the product, imported for its side effect on the metadata (migrations, tests)."""

from plut_api.actors import models as actors
from plut_api.actors.duplicates import models as duplicates
from plut_api.actors.merging import models as merging
from plut_api.consulting import models as consulting
from plut_api.cooperatives import models as cooperatives
from plut_api.cooperatives.records import models as cooperative_records
from plut_api.facilities import models as facilities
from plut_api.financing import models as financing
from plut_api.financing.dossiers import models as dossiers
from plut_api.financing.objections import models as objections
from plut_api.financing.papers import models as papers
from plut_api.financing.products import models as financing_products
from plut_api.financing.refusals import models as refusals
from plut_api.financing.repayments import models as repayments
from plut_api.financing.saved_searches import models as saved_searches
from plut_api.financing.scores import models as scores
from plut_api.identity import models as identity
from plut_api.identity.messages import models as preferences
from plut_api.integration import models as integration
from plut_api.integration.events import models as feed
from plut_api.integration.webhooks import models as webhooks
from plut_api.kit import idempotency, outbox, rate_limits, restoring
from plut_api.kit.audit import models as audit
from plut_api.kit.database import Model
from plut_api.kit.files import models as files
from plut_api.kit.files.uploads import models as file_uploads
from plut_api.kit.messages import models as messages
from plut_api.organizations import models as organizations
from plut_api.organizations.agreements import models as agreements
from plut_api.outcomes import models as outcomes
from plut_api.outcomes.follow_ups import models as follow_ups
from plut_api.programs import models as programs
from plut_api.programs.attendance import models as attendance
from plut_api.programs.certificates import models as certificates
from plut_api.programs.overlaps import models as overlaps
from plut_api.programs.sponsors import models as sponsors
from plut_api.programs.waiting import models as waiting
from plut_api.reference import models as reference

METADATA = Model.metadata
ROOMS = (
    *(reference, organizations, identity, actors, duplicates, merging),
    *(facilities, programs, outcomes, follow_ups, consulting, cooperatives, financing, integration),
    *(feed, webhooks, cooperative_records),
)
TRAINING = (attendance, certificates, overlaps, waiting)
PARTNERS = (agreements, sponsors, financing_products)
LOANS = (papers, refusals, repayments)
DOSSIERS = (dossiers, objections)
READY_LIST = (saved_searches, scores)
KIT = (audit, files, file_uploads, idempotency, messages, outbox, preferences, rate_limits, restoring)
