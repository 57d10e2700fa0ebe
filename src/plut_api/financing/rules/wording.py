"""The base of what is read from YAML here: closed, unchangeable pieces, with words in both languages."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A piece of a rule set; unknown members are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """One sentence in both languages."""

    id: str
    en: str
