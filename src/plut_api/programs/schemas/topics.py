"""Topics on the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from plut_api.kit.wire import LINE, Read
from plut_api.programs.schemas.details import once_each

TopicCode = Annotated[
    str,
    Field(
        min_length=3,
        max_length=64,
        pattern=r"^[a-z_]+(\.[a-z_]+){0,2}$",
        description="Code of a topic, dotted, as `/v1/topics` lists them.",
        examples=["product.packaging.labelling"],
    ),
]
Topics = Annotated[
    list[TopicCode],
    Field(
        min_length=1,
        max_length=5,
        description="What is taught, the main topic first.",
        examples=[["product.packaging.labelling"]],
    ),
    AfterValidator(once_each),
]
_Words = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE, description="Name.", examples=["Kemasan"])]


class TopicNames(Read):
    """The name of a topic in both languages."""

    id: _Words = Field(description="In Indonesian.", examples=["Kemasan"])
    en: _Words = Field(description="In English.", examples=["Packaging"])


class TopicRead(Read):
    """One topic of the controlled list."""

    code: TopicCode
    parent_code: TopicCode | None = Field(description="The topic above it; null for a root.", examples=["product"])
    name: _Words = Field(description="In the language of the request.", examples=["Kemasan"])
    names: TopicNames
    first_class: bool = Field(
        description="Whether every trainee should meet it: the market on the phone, and money.", examples=[False]
    )
    can_be_taught: bool = Field(
        description="Whether a programme can name it; a root alone would say too little.", examples=[True]
    )


class TopicList(Read):
    """The controlled list of topics, flat: each names the one above it."""

    data: list[TopicRead] = Field(max_length=500, description="A topic stands before those below it.")
