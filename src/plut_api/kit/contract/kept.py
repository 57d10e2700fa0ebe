"""Whether an answer keeps the contract. For tests: its validators come from a development dependency."""

import re
from typing import Any, Protocol

from starlette.routing import compile_path

PROBLEM = "#/components/schemas/Problem"
_OUTSIDE = re.compile(r"^/(docs(/.*)?|openapi\.json|metrics)$")
_EDGE = {404, 405, 413, 429, 500, 503}
_checks: dict[int, "_Check"] = {}


class Answer(Protocol):
    """What is looked at of an answer; an httpx.Response has it."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Any: ...
    @property
    def content(self) -> bytes: ...
    def json(self) -> Any: ...


def answer_faults(document: dict[str, Any], method: str, path: str, answer: Answer) -> list[str]:
    """Everything about an answer that the contract does not say; empty if the answer keeps it.

    Looked at: the status, the media type, required headers and their form, the body. An address outside the contract
    may only refuse, and with a problem; `/docs` and `/openapi.json` are left alone.
    """
    check = _checks.get(id(document))
    if check is None or check.document is not document:
        check = _checks[id(document)] = _Check(document)
    return check.faults(method.upper(), path, answer)


class _Check:
    """One document with what was compiled of it so far."""

    def __init__(self, document: dict[str, Any]) -> None:
        import jsonschema_rs  # A development dependency.

        self.document = document
        self._rs = jsonschema_rs
        self._registry = jsonschema_rs.Registry([("urn:contract", document)])
        self._validators: dict[str, Any] = {}
        self._fixed = {path: path for path in document["paths"] if "{" not in path}
        self._patterns = [(compile_path(path)[0], path) for path in document["paths"] if "{" in path]

    def faults(self, method: str, path: str, answer: Answer) -> list[str]:
        if _OUTSIDE.match(path) or method == "OPTIONS":
            return []
        templates = self._templates(path)
        wanted = "get" if method == "HEAD" else method.lower()
        for template in templates:
            operation = self.document["paths"][template].get(wanted)
            if operation is not None:
                where = f"#/paths/{_escaped(template)}/{wanted}/responses"
                return self._against(operation, where, answer, bodiless=method == "HEAD")
        return self._refused(answer, known=bool(templates))

    def _templates(self, path: str) -> list[str]:
        fixed = [self._fixed[path]] if path in self._fixed else []
        return fixed + [template for pattern, template in self._patterns if pattern.match(path)]

    def _refused(self, answer: Answer, *, known: bool) -> list[str]:
        expected = {405} | (_EDGE - {404}) if known else _EDGE | {401}
        if answer.status_code not in expected:
            return [f"{answer.status_code} from an operation that the contract does not have"]
        faults = self._body({"$ref": PROBLEM}, answer)
        if answer.status_code == 405 and not answer.headers.get("allow"):
            faults.append("405 without Allow")
        return faults

    def _against(self, operation: dict[str, Any], where: str, answer: Answer, *, bodiless: bool) -> list[str]:
        status = str(answer.status_code)
        declared = operation["responses"].get(status)
        if declared is None:
            return [f"status {status} is not documented; documented: {', '.join(operation['responses'])}"]
        pointer = f"{where}/{status}"
        if "$ref" in declared:
            pointer = declared["$ref"]
            declared = self._at(pointer)
        faults = self._headers(declared.get("headers", {}), answer)
        content = declared.get("content", {})
        if bodiless:
            return faults
        if not content:
            return faults + (
                [f"a body of {len(answer.content)} bytes where none is documented"] if answer.content else []
            )
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
        if media_type not in content:
            return [*faults, f"media type {media_type or 'none'} is not documented; documented: {', '.join(content)}"]
        if "schema" in content[media_type] and media_type.endswith("json"):
            faults += self._body({"$ref": f"{pointer}/content/{_escaped(media_type)}/schema"}, answer)
        codes = declared.get("x-problem-codes")
        if codes and not faults and answer.json()["code"] not in codes:
            faults.append(
                f"code {answer.json()['code']} is not documented for {status}; documented: {', '.join(codes)}"
            )
        return faults

    def _headers(self, declared: dict[str, Any], answer: Answer) -> list[str]:
        faults = []
        for name, reference in declared.items():
            pointer = reference.get("$ref")
            header = self._at(pointer) if pointer else reference
            value = answer.headers.get(name)
            if value is None:
                if header.get("required"):
                    faults.append(f"header {name} is missing")
                continue
            sent = int(value) if header["schema"].get("type") == "integer" and value.isdigit() else value
            if not self._validator(header["schema"], f"header {name}").is_valid(sent):
                faults.append(f"header {name} has another form: {value}")
        return faults

    def _body(self, schema: dict[str, Any], answer: Answer) -> list[str]:
        try:
            body = answer.json()
        except ValueError:
            return ["the body is not JSON"]
        errors = self._validator(schema, schema["$ref"]).iter_errors(body)
        return [f"body at {'/'.join(map(str, error.instance_path)) or 'its root'}: {error.message}" for error in errors]

    def _validator(self, schema: dict[str, Any], key: str) -> Any:
        known = self._validators.get(key)
        if known is None:
            rooted = {"$ref": f"urn:contract{schema['$ref']}"} if "$ref" in schema else schema
            known = self._rs.Draft202012Validator(rooted, registry=self._registry, validate_formats=True)
            self._validators[key] = known
        return known

    def _at(self, pointer: str) -> dict[str, Any]:
        node: Any = self.document
        for step in pointer.removeprefix("#/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
        found: dict[str, Any] = node
        return found


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
