"""The roles: the application's own, which signs in, and one for each wall, which it can only become."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from plut_api.kit.walls import Wall


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class AppRole:
    """The role in PLUT_DATABASE_URL, and the owner that migrates; they may be one and the same."""

    name: str
    owner: str
    password: str | None = field(default=None, repr=False)

    def role_of(self, wall: Wall) -> str:
        """The role behind a wall. Roles belong to the whole cluster, so each installation has its own."""
        return f"{self.name}_{wall.value}"

    @property
    def all_roles(self) -> list[str]:
        """The application's role, then those of the walls."""
        return [self.name, *(self.role_of(wall) for wall in Wall)]


class RolesMissing(RuntimeError):
    """The owner may not make the roles that are missing; the message holds the SQL for somebody who may."""


def require_roles(connection: Connection, app: AppRole) -> None:
    """Make what is missing of the roles and of the right to become them. Raises RolesMissing."""
    missing = [role for role in app.all_roles if not _exists(connection, role)]
    if missing and not _may_make_roles(connection):
        raise RolesMissing(
            f"The database lacks roles ({', '.join(missing)}), and {app.owner} may not make them. "
            f"Have somebody who may run this, then migrate again:\n\n{_by_hand(app, missing)}"
        )
    for role in missing:
        login = f"LOGIN{_secret(connection, app)}" if role == app.name else "NOLOGIN"
        connection.exec_driver_sql(f"CREATE ROLE {quoted(role)} {login} NOSUPERUSER NOCREATEDB NOCREATEROLE")
    for wall in Wall:
        role = app.role_of(wall)
        if not _may_become(connection, app.name, role):
            connection.exec_driver_sql(_GRANT.format(role=quoted(role), app=quoted(app.name)))


# To become it on demand, not to have its policies all the time.
_GRANT = "GRANT {role} TO {app} WITH INHERIT FALSE, SET TRUE"


def _by_hand(app: AppRole, missing: list[str]) -> str:
    lines = [
        f"CREATE ROLE {quoted(role)} " + ("LOGIN PASSWORD '…';" if role == app.name else "NOLOGIN;") for role in missing
    ]
    lines += [_GRANT.format(role=quoted(app.role_of(wall)), app=quoted(app.name)) + ";" for wall in Wall]
    return "\n".join(lines)


def _secret(connection: Connection, app: AppRole) -> str:
    """The password as the server keeps it, so that no log of the server can hold the words themselves."""
    if app.password is None:
        return ""
    driver: Any = connection.connection.driver_connection
    kept = driver.pgconn.encrypt_password(app.password.encode(), app.name.encode(), b"scram-sha-256").decode()
    return f" PASSWORD '{kept}'"


def _exists(connection: Connection, role: str) -> bool:
    return bool(connection.scalar(text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)"), {"role": role}))


def _may_make_roles(connection: Connection) -> bool:
    query = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    return bool(connection.scalar(text(query)))


def _may_become(connection: Connection, app: str, role: str) -> bool:
    query = text("SELECT pg_has_role(CAST(:app AS name), CAST(:role AS name), 'SET')")
    return bool(connection.scalar(query, {"app": app, "role": role}))
