"""Of whom programmes do not ask what they ask of owners of businesses: who keeps the affairs of a cooperative."""

from plut_api.programs.exemptions import exempt
from plut_api.programs.fund_sources import ExemptionCode

COOPERATIVE_PEOPLE = "SELECT person_id AS id FROM cooperative_managers WHERE until IS NULL"
exempt(ExemptionCode.cooperative_people, rows=COOPERATIVE_PEOPLE)
