"""HTTP of the actors room."""

from plut_api.kit.web import Router

router = Router(tag="actors")
