"""The contract as YAML that people read and every YAML 1.1 and 1.2 parser understands alike."""

import re
from typing import Any

import yaml

# YAML 1.2 reads some plain words as numbers that YAML 1.1 takes for text (`0899`, `1e3`), so these are quoted.
_NUMBER_LIKE = re.compile(r"^[-+.]?\d")


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else '"' if _NUMBER_LIKE.match(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(document: dict[str, Any]) -> str:
    """A document as YAML text in the order of its keys, UTF-8, with a final newline."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text
