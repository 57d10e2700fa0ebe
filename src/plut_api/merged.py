"""What every room says of the columns that name people, businesses and accounts (kit/merging.py), imported for its side
effect on the registers.
"""

from plut_api.actors.duplicates import merging as duplicates
from plut_api.actors.merging import accounts, businesses, consents, people, sizes, survivors
from plut_api.consulting import merging as consulting
from plut_api.cooperatives import merging as cooperatives
from plut_api.facilities import merging as facilities
from plut_api.financing import merging as financing
from plut_api.financing.history import merging as readiness_history
from plut_api.financing.objections import merging as objections
from plut_api.financing.papers import merging as papers
from plut_api.identity import merging as identity
from plut_api.identity.messages import merging as messages
from plut_api.integration import merging as integration
from plut_api.kit.merging import Of, stays
from plut_api.outcomes import merging as outcomes
from plut_api.programs import merging as programs
from plut_api.programs.attendance import merging as attendance
from plut_api.programs.overlaps import survivors as programs_survivors
from plut_api.programs.waiting import merging as waiting

MERGING = (
    *(identity, messages, accounts, people, businesses, consents, sizes, duplicates, survivors),
    *(facilities, programs, attendance, programs_survivors, waiting, outcomes, cooperatives, financing, integration),
    *(consulting, readiness_history, objections, papers),
)

for _of in (Of.people, Of.actors, Of.accounts):
    for _column in ("audit_entries.object_ids", "audit_entries.about_ids", "audit_entries.on_behalf_of"):
        stays(_column, of=_of, why="the log is never rewritten; who reads by the survivor finds the old ids too")
    stays("events.subject_id", of=_of, why="tells what happened under the id of its day")
