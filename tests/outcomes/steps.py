"""What tests of outcomes share."""

from typing import Any

from plut_api.kit.ids import new_id
from plut_api.outcomes.models import Dimension, Outcome
from plut_api.programs.models import Enrolment
from plut_api.sample.pictures import picture
from tests.conftest import Api
from tests.factories import Make
from tests.kit.files.built import pdf

REFUSAL: dict[str, Any] = {"reason": "Tanggal tidak terbaca.", "next_step": "Foto ulang sisi belakang."}


async def handed_in(me: Api, content: bytes | None = None, name: str = "label.png") -> str:
    """The id of a file that somebody handed in; a picture of its own unless one is given."""
    answer = await me.request("POST", "/v1/files", files={"file": (name, content or picture(new_id()), "image/png")})
    assert answer.status_code == 201, answer.text
    file_id: str = answer.json()["id"]
    return file_id


async def paper_in(me: Api) -> str:
    """The id of a PDF that somebody handed in."""
    return await handed_in(me, pdf(inside=f"% {new_id()}\n".encode()), "surat.pdf")


async def proof(me: Api, *, files: int = 1, **given: Any) -> dict[str, Any]:
    """Evidence as it is submitted, with files that the same caller handed in."""
    pictures = [await handed_in(me) for _ in range(files)]
    return {"kind": "label", "claimed_level": 3, "note": "Foto enam sisi.", "files": pictures} | given


async def outcome_from_one_to_two(make: Make, enrolment: Enrolment | None = None, **given: Any) -> Outcome:
    """A packaging outcome with baseline 1 and target 2."""
    values: dict[str, Any] = {"dimension": Dimension.packaging, "baseline_level": 1, "target_level": 2} | given
    return await make.outcome(enrolment or await make.enrolment(), **values)
