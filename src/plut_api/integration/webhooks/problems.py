"""What can stand in the way of webhooks."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class WebhookEndpointNotFound(NotFound):
    """There is no such endpoint of the caller's organization."""

    code = "webhook_endpoint_not_found"
    title = Text(id="Alamat webhook tidak ditemukan", en="There is no such webhook endpoint")


class WebhookEndpointTaken(Conflict):
    """The organization has an endpoint at this address already; change that one."""

    code = "webhook_endpoint_taken"
    title = Text(id="Alamat ini sudah terdaftar", en="This address is registered already")


class TooManyWebhookEndpoints(Conflict):
    """An organization has at most twenty endpoints; delete one that is not needed."""

    code = "too_many_webhook_endpoints"
    title = Text(id="Sudah ada dua puluh alamat webhook", en="There are twenty webhook endpoints already")


class WebhookEndpointNotActive(Conflict):
    """Only an active endpoint is sent tests and replays; verify or enable it first."""

    code = "webhook_endpoint_not_active"
    title = Text(
        id="Alamat webhook belum aktif; verifikasi atau aktifkan dahulu",
        en="The webhook endpoint is not active; verify or enable it first",
    )


class WebhookEndpointVerified(Conflict):
    """The endpoint proved itself already."""

    code = "webhook_endpoint_verified"
    title = Text(id="Alamat webhook sudah terverifikasi", en="The webhook endpoint is verified already")
