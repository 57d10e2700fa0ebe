"""What is unsafe in the present settings and the database they lead to: `plut doctor`, and the start of production."""

from plut_api.kit.doctor.findings import Finding, Severity
from plut_api.kit.doctor.in_database import Expected, database_findings
from plut_api.kit.doctor.in_settings import settings_findings

__all__ = ["Expected", "Finding", "Severity", "database_findings", "settings_findings"]
