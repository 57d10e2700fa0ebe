"""What can stand in the way of certificates."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class CertificateNotFound(NotFound):
    """There is no such certificate, or none that the caller may see."""

    code = "certificate_not_found"
    title = Text(id="Sertifikat tidak ditemukan", en="There is no such certificate")


class CertificateRevoked(Conflict):
    """The certificate was revoked; it holds no more and is not printed."""

    code = "certificate_revoked"
    title = Text(id="Sertifikat ini sudah dicabut", en="This certificate was revoked")


class CertificateReplaced(Conflict):
    """Another certificate was issued in the place of this one."""

    code = "certificate_replaced"
    title = Text(id="Sertifikat ini sudah diganti dengan yang baru", en="A newer certificate replaced this one")
