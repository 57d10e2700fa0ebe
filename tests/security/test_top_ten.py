"""Each risk of the OWASP API Security Top 10 (2023) has a module that shows why it is none here."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
RISKS = {
    1: "object_level_authorization",
    2: "authentication",
    3: "object_property_level_authorization",
    4: "resource_consumption",
    5: "function_level_authorization",
    6: "sensitive_business_flows",
    7: "server_side_request_forgery",
    8: "misconfiguration",
    9: "inventory",
    10: "consumption_of_apis",
}


@pytest.mark.parametrize(("number", "risk"), RISKS.items())
def test_every_risk_has_a_module_with_tests(number: int, risk: str) -> None:
    module = HERE / f"test_api{number}_{risk}.py"

    assert module.exists()
    assert module.read_text(encoding="utf-8").count("def test_") >= 3


def test_there_is_no_module_for_an_eleventh_risk() -> None:
    assert len(list(HERE.glob("test_api*.py"))) == len(RISKS)
