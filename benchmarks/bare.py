"""The application without its middleware, to see what the middleware costs."""

from fastapi import FastAPI

from plut_api.app import create_app
from plut_api.settings import get_settings


def app() -> FastAPI:
    """The same routes; nothing around them."""
    bare = create_app(get_settings())
    bare.user_middleware.clear()
    return bare
