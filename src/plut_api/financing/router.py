"""HTTP of the financing room."""

from plut_api.kit.web import Router

router = Router(tag="financing")
