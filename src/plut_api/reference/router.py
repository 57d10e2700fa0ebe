"""HTTP of the reference room."""

from plut_api.kit.web import Router

router = Router(tag="reference")
