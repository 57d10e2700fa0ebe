"""Pydantic's findings as faults of ours: a JSON pointer, a stable code, and words in both languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault

WORDS: dict[str, Text] = {
    "missing": Text(id="Wajib diisi", en="This is required"),
    "extra_forbidden": Text(id="Isian ini tidak dikenal", en="This field is not known"),
    "string_type": Text(id="Harus berupa teks", en="This must be text"),
    "string_too_short": Text(id="Minimal {min_length} karakter", en="At least {min_length} characters"),
    "string_too_long": Text(id="Maksimal {max_length} karakter", en="At most {max_length} characters"),
    "string_pattern_mismatch": Text(id="Bentuknya harus {pattern}", en="It must have the form {pattern}"),
    "string_unicode": Text(id="Teks mengandung karakter yang rusak", en="The text holds broken characters"),
    "text_not_unicode": Text(id="Teks mengandung karakter yang rusak", en="The text holds broken characters"),
    "int_type": Text(id="Harus berupa bilangan bulat", en="This must be a whole number"),
    "int_parsing": Text(id="Harus berupa bilangan bulat", en="This must be a whole number"),
    "int_from_float": Text(id="Harus berupa bilangan bulat", en="This must be a whole number"),
    "bool_type": Text(id="Harus true atau false", en="This must be true or false"),
    "bool_parsing": Text(id="Harus true atau false", en="This must be true or false"),
    "greater_than_equal": Text(id="Tidak boleh kurang dari {ge}", en="It must not be less than {ge}"),
    "less_than_equal": Text(id="Tidak boleh lebih dari {le}", en="It must not be more than {le}"),
    "greater_than": Text(id="Harus lebih dari {gt}", en="It must be more than {gt}"),
    "less_than": Text(id="Harus kurang dari {lt}", en="It must be less than {lt}"),
    "enum": Text(id="Pilih salah satu: {expected}", en="Choose one of: {expected}"),
    "literal_error": Text(id="Pilih salah satu: {expected}", en="Choose one of: {expected}"),
    "uuid_parsing": Text(id="Harus berupa UUID", en="This must be a UUID"),
    "uuid_type": Text(id="Harus berupa UUID", en="This must be a UUID"),
    "date_type": Text(id="Harus berupa tanggal YYYY-MM-DD", en="This must be a date, YYYY-MM-DD"),
    "date_parsing": Text(id="Harus berupa tanggal YYYY-MM-DD", en="This must be a date, YYYY-MM-DD"),
    "date_from_datetime_parsing": Text(id="Harus berupa tanggal YYYY-MM-DD", en="This must be a date, YYYY-MM-DD"),
    "date_from_datetime_inexact": Text(id="Harus berupa tanggal YYYY-MM-DD", en="This must be a date, YYYY-MM-DD"),
    "datetime_parsing": Text(id="Harus berupa waktu RFC 3339", en="This must be an RFC 3339 instant"),
    "list_type": Text(id="Harus berupa daftar", en="This must be a list"),
    "too_short": Text(id="Minimal {min_length} butir", en="At least {min_length} items"),
    "too_long": Text(id="Maksimal {max_length} butir", en="At most {max_length} items"),
    "model_attributes_type": Text(id="Harus berupa objek JSON", en="This must be a JSON object"),
    "model_type": Text(id="Harus berupa objek JSON", en="This must be a JSON object"),
    "patch_empty": Text(id="Sertakan setidaknya satu isian", en="Send at least one field"),
    "dict_type": Text(id="Harus berupa objek JSON", en="This must be a JSON object"),
}
_OTHER = Text(id="Nilai ini tidak dapat diterima ({type})", en="This value is not acceptable ({type})")


def faults_of(findings: Sequence[Mapping[str, Any]], body_is_root: bool = True) -> list[Fault]:
    """Every finding of a validation as a fault, in the order found."""
    return [_fault_of(finding, body_is_root) for finding in findings]


def _fault_of(finding: Mapping[str, Any], body_is_root: bool) -> Fault:
    kind = str(finding["type"]).replace(".", "_")
    context = finding.get("ctx") or {}
    words = context.get("words")
    if isinstance(words, Text):  # A rule of ours brought its own words.
        return Fault(_pointer(finding["loc"], body_is_root), kind, words)
    template = WORDS.get(kind)
    if template is None:
        return Fault(_pointer(finding["loc"], body_is_root), kind, _OTHER.filled(type=kind))
    return Fault(
        _pointer(finding["loc"], body_is_root), kind, template.filled(**{k: str(v) for k, v in context.items()})
    )


def _pointer(location: Sequence[Any], body_is_root: bool) -> str:
    where, *rest = location or ("body",)
    if not body_is_root:
        where, rest = "body", list(location)
    steps = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in rest)
    return (f"#{steps}" if where == "body" else f"/{where}{steps}") or "#"
