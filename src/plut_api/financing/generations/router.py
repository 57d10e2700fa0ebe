"""HTTP of runs over all."""

from typing import Annotated

from fastapi import Security
from sqlalchemy import select

from plut_api.financing.generations.schemas import GenerationPage
from plut_api.financing.models import Generation
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router

router = Router(tag="financing")

RulesRead = Annotated[Caller, Security(signed_in, scopes=["financing:rules"])]


@router.get("/v1/financing/generations", summary="List runs over all results of readiness")
async def list_generations(db: Database, caller: RulesRead, paging: PageOf) -> GenerationPage:
    """Tell which rule sets came to serve and when everybody was judged anew, with progress, the newest run first.

    For the Dinas. While a rule set is brought into force, everybody is shown what the one before says, until all are
    judged. Nothing is sent to a bank by it, and nobody becomes confirmed.
    """
    page = await paging.fetch(db, select(Generation), Generation.id, descending=True)
    return GenerationPage.model_validate(page, from_attributes=True)
