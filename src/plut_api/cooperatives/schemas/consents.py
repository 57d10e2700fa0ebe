"""Consents of cooperatives on the wire; they are read as consents of businesses are."""

from plut_api.actors.schemas.consents import TextLanguage, TextVersion
from plut_api.kit.wire import Id, Wire


class CooperativeConsentCreate(Wire):
    """Let one bank see the cooperative, until it ends or is withdrawn. A second officer has to confirm it."""

    organization_id: Id
    text_version: TextVersion
    language: TextLanguage = "id"
