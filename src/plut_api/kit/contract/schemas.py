"""Schemas as a client wants them: no framework noise, limits that follow from a format, readable names."""

import re
from typing import Any

_LENGTHS = {"uuid": 36, "date": 10, "date-time": 40, "time": 20}
_INT32 = 2**31
_GENERIC = re.compile(r"^([A-Z][A-Za-z0-9]*)_([A-Z][A-Za-z0-9_]*?)_$")
_FORM = re.compile(r"^Body_([a-z])([A-Za-z0-9]*)$")
_RENAMED = {"ProblemBody": "Problem", "FaultBody": "Fault"}
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_FIRST = ("description", "type", "format", "required", "properties")
_REF = "#/components/schemas/"


def component_name(name: str) -> str:
    """`Page_ActorRead_` becomes `ActorReadPage`, `Body_createToken` `CreateTokenForm`; problems lose their suffix."""
    if match := _GENERIC.match(name):
        return f"{match[2]}{match[1]}"
    if match := _FORM.match(name):
        return f"{match[1].upper()}{match[2]}Form"
    return _RENAMED.get(name, name)


def component(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema under its framework's name, with the words that generic models and forms come without."""
    if match := _GENERIC.match(name):
        return {"description": f"One {match[1].lower()} of `{match[2]}`."} | schema
    if _FORM.match(name):
        fields = {field: without_null(described) for field, described in schema.get("properties", {}).items()}
        return {"description": "A form; a field that is not given is left out."} | schema | {"properties": fields}
    return schema


def tidy(node: Any) -> Any:
    """A schema without titles, with the limits that its formats imply; works on any part of a document."""
    if isinstance(node, list):
        return [tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    neat = {key: value if key in ("example", "examples", "default") else tidy(value) for key, value in node.items()}
    if _is_schema(node):
        if isinstance(neat.get("title"), str):
            del neat["title"]
        if neat.get("additionalProperties") is True:
            del neat["additionalProperties"]
        _limit(neat)
        neat = {key: neat[key] for key in (*_FIRST, *(key for key in neat if key not in _FIRST)) if key in neat}
    if isinstance(neat.get("$ref"), str) and neat["$ref"].startswith(_REF):
        neat["$ref"] = _REF + component_name(neat["$ref"].removeprefix(_REF))
    return neat


def _is_schema(node: dict[str, Any]) -> bool:
    return isinstance(node.get("type"), str | list) or any(
        isinstance(node.get(word), list) for word in ("anyOf", "oneOf", "allOf", "enum")
    )


def _limit(schema: dict[str, Any]) -> None:
    kept = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    for word in ("format", "maxLength"):
        if kept and all(word in choice for choice in kept):
            schema.pop(word, None)  # Said beside a choice it says nothing that the choices do not say.
    for bound in _BOUNDS:
        if isinstance(schema.get(bound), float) and schema[bound].is_integer():
            schema[bound] = int(schema[bound])  # The framework's model of a schema turns every bound into a float.
    if schema.get("type") == "string" and schema.get("format") in _LENGTHS:
        schema.setdefault("maxLength", _LENGTHS[schema["format"]])
    if schema.get("type") == "integer" and {"minimum", "maximum"} <= schema.keys():
        small = schema["minimum"] >= -_INT32 and schema["maximum"] < _INT32
        schema.setdefault("format", "int32" if small else "int64")


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without null: neither a URL nor a header can carry it, so "not given" is no value."""
    choices = schema.get("anyOf")
    if not isinstance(choices, list) or {"type": "null"} not in choices:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    kept = [choice for choice in choices if choice != {"type": "null"}]
    return kept[0] | rest if len(kept) == 1 else {"anyOf": kept} | rest


def references(node: Any) -> set[str]:
    """Every local `$ref` below a part of a document."""
    if isinstance(node, list):
        return set().union(*map(references, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    mapping = node.get("mapping")
    if "propertyName" in node and isinstance(mapping, dict):
        own |= {target for target in mapping.values() if isinstance(target, str)}
    return own.union(*map(references, node.values()))
