"""Every room's hooks about people (kit/privacy.py), imported for their side effect on the registers."""

from plut_api.actors.duplicates import privacy as duplicates
from plut_api.actors.merging import privacy as merging
from plut_api.actors.privacy import businesses, erasure, figures, held, people
from plut_api.cooperatives import privacy as cooperatives
from plut_api.facilities import privacy as facilities
from plut_api.financing import closing
from plut_api.financing import privacy as financing
from plut_api.identity import privacy as identity
from plut_api.identity.messages import privacy as messages
from plut_api.integration import privacy as integration
from plut_api.kit.files import privacy as files
from plut_api.outcomes import privacy as outcomes
from plut_api.programs import privacy as programs

HOOKS = (
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
    outcomes,
    cooperatives,
    financing,
    closing,
    integration,
)
