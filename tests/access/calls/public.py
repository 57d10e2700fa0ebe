"""What is public: reference data, the register, health, the catalogue of problems."""

from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World

for name in (
    "get_jwks",
    "get_server_metadata",
    "get_livez",
    "get_readyz",
    "read_problem_catalogue",
    "list_holidays",
    "list_kbli",
    "get_outcome_rubric",
    "get_outcome_rubrics",
    "get_consent_texts",
    "list_regions",
    "list_rule_values",
    "list_organizations",
    "list_cooperatives",
):

    async def without_parameters(world: World, side: Side, who: str) -> Call:
        return Call()

    without_parameters.__name__ = name
    prepared(without_parameters)


@prepared
async def read_problem_kind(world: World, side: Side, who: str) -> Call:
    return Call(path={"code": "not_found"})


@prepared
async def get_region(world: World, side: Side, who: str) -> Call:
    return Call(path={"code": "52.71"})


@prepared
async def get_kbli(world: World, side: Side, who: str) -> Call:
    return Call(path={"version": "2025", "code": "10794"})


@prepared
async def get_organization(world: World, side: Side, who: str) -> Call:
    return Call(path={"organization_id": side.opd.id})
