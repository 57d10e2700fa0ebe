"""Routes of signing in. They look at no bearer token: whoever signs in may well carry one that has expired.

So no answer of theirs is stored for a retry either, since it would keep tokens in the clear.
"""

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from plut_api.identity.problems import InvalidTokenRequest, UnsupportedGrantType
from plut_api.kit.faults import faults_of
from plut_api.kit.media import content_type_check
from plut_api.kit.problems import Problem
from plut_api.kit.web import Handler


class SignInRoute(APIRoute):
    """A route with a checked content type and no caller."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        check = content_type_check(self.body_field.field_info if self.body_field else None)

        async def handler(request: Request) -> Response:
            check(request)
            return await handle(request)

        return handler


class OAuthRoute(SignInRoute):
    """A route whose malformed parameters are errors of OAuth: 400 with `error` (RFC 6749 section 5.2)."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                raise _oauth_problem(error) from None

        return handler


def _oauth_problem(error: RequestValidationError) -> Problem:
    findings = error.errors()
    faults = faults_of(findings)
    if any(finding["type"] == "literal_error" and finding["loc"][-1] == "grant_type" for finding in findings):
        return UnsupportedGrantType(errors=faults)
    return InvalidTokenRequest(errors=faults)
