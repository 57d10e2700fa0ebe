"""Imports as they cross the wire."""

from plut_api.integration.fault_words import words_of
from plut_api.integration.models import Import
from plut_api.integration.schemas import HeaderSuggestion, ImportFailure, ImportRead
from plut_api.kit.i18n import Locale


def import_shape(row: Import, locale: Locale) -> ImportRead:
    """An import, with its failure in words."""
    failure = row.failure and ImportFailure(
        code=row.failure["code"],
        message=words_of(row.failure["code"], locale),
        line=int(row.failure["line"]) if "line" in row.failure else None,
        columns=row.failure.get("columns"),
        suggestions=[HeaderSuggestion(**each) for each in row.failure.get("suggestions", ())],
    )
    values = {name: getattr(row, name) for name in ImportRead.model_fields if name != "failure"}
    return ImportRead(failure=failure, **values)
