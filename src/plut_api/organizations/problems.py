"""What can stand in the way of a request about organizations."""

from dataclasses import dataclass

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


@dataclass(eq=False)
class OrganizationNotFound(NotFound):
    """There is no such organization."""

    code = "organization_not_found"
    title = Text(id="Organisasi tidak ditemukan", en="There is no such organization")


@dataclass(eq=False)
class OrganizationCodeTaken(Conflict):
    """Another organization has this code; codes are unique and never change, so choose another."""

    code = "organization_code_taken"
    title = Text(id="Kode organisasi sudah dipakai; pilih kode lain", en="The code is taken; choose another")
