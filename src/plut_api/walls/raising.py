"""Brings a database in line with what is declared: roles, privileges, row security. Doing it again changes nothing.

Runs as the owner, in one transaction, after the revisions. Policies are made anew only where their words have changed:
that takes a lock which no reader may hold.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from plut_api.kit.walls import Wall
from plut_api.walls.declared import APPEND_ONLY, NARROW, OPEN, PERSONAL, READ_ONLY, WRITES
from plut_api.walls.reach import Reach
from plut_api.walls.roles import AppRole, quoted, require_roles

_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
_OURS = "plut: "


@dataclass(frozen=True)
class _Policy:
    """One policy as it should be."""

    table: str
    name: str
    words: str

    @property
    def mark(self) -> str:
        """The comment that tells a policy with these words."""
        return _OURS + hashlib.sha256(self.words.encode()).hexdigest()[:16]


def raise_walls(connection: Connection, app: AppRole) -> None:
    """Make the roles that are missing, then set every privilege and policy of the schema that comes first.

    Raises RolesMissing if the owner may not make roles and some are missing.
    """
    require_roles(connection, app)
    tables = _tables(connection)
    _grant_schema(connection, app)
    for table in sorted(tables):
        name = quoted(table)
        connection.exec_driver_sql(f"REVOKE ALL ON {name} FROM {', '.join(_grantees(app))}")
        for role, privileges in privileges_on(app, table):
            connection.exec_driver_sql(f"GRANT {', '.join(privileges)} ON {name} TO {quoted(role)}")
    _secure_rows(connection, app, tables)


def lower_walls(connection: Connection) -> None:
    """Take row security away, so that tables can go that a policy asks; privileges stay."""
    for table, name in _present(connection):
        connection.exec_driver_sql(f"DROP POLICY {quoted(name)} ON {quoted(table)}")
    for table in _secured(connection):
        connection.exec_driver_sql(f"ALTER TABLE {quoted(table)} DISABLE ROW LEVEL SECURITY")


def _grantees(app: AppRole) -> list[str]:
    return [quoted(role) for role in app.all_roles if role != app.owner]


def _grant_schema(connection: Connection, app: AppRole) -> None:
    """Everybody may use `public` and has temporary tables (imports are checked in them), unless that was taken away."""
    here = connection.execute(
        text(
            "SELECT current_database(), current_schema(), "
            "has_database_privilege(CAST(:app AS name), current_database(), 'TEMPORARY')"
        ),
        {"app": app.name},
    ).one()
    database, schema = quoted(here[0]), quoted(here[1])
    roles = ", ".join(quoted(role) for role in app.all_roles)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {roles}")
    connection.exec_driver_sql(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {roles}")
    if not here[2]:
        connection.exec_driver_sql(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {quoted(app.name)}")


def privileges_on(app: AppRole, table: str) -> Iterator[tuple[str, Iterable[str]]]:
    """Who gets what on a table; the owner has all anyway."""
    if app.name != app.owner:
        if table in READ_ONLY:
            yield app.name, ("SELECT",)
        else:
            yield app.name, ("SELECT", "INSERT") if table in APPEND_ONLY else NARROW.get(table, _ALL)
    for wall in Wall:
        privileges = list(WRITES.get(table, {}).get(wall, ()))
        if table in OPEN or table in PERSONAL:
            privileges.append("SELECT")
        reach = PERSONAL.get(table, {}).get(wall)
        if reach is not None:
            privileges += [may for may in reach.may if table not in APPEND_ONLY or may == "INSERT"]
        if privileges:
            yield app.role_of(wall), privileges


def _secure_rows(connection: Connection, app: AppRole, tables: frozenset[str]) -> None:
    wanted = {(policy.table, policy.name): policy for policy in _policies(app, tables | _columns(connection))}
    present = _present(connection)
    for table, name in present:
        if (table, name) not in wanted or present[table, name] != wanted[table, name].mark:
            connection.exec_driver_sql(f"DROP POLICY {quoted(name)} ON {quoted(table)}")
    for key, policy in wanted.items():
        if present.get(key) != policy.mark:
            policy_name = f"{quoted(policy.name)} ON {quoted(policy.table)}"
            connection.exec_driver_sql(f"CREATE POLICY {policy_name} {policy.words}")
            connection.exec_driver_sql(f"COMMENT ON POLICY {policy_name} IS '{policy.mark}'")
    for table in sorted((PERSONAL.keys() & tables) - _secured(connection)):
        connection.exec_driver_sql(f"ALTER TABLE {quoted(table)} ENABLE ROW LEVEL SECURITY")


def _policies(app: AppRole, tables: frozenset[str]) -> Iterator[_Policy]:
    """Every policy of the tables and columns that there are."""
    for table, reaches in PERSONAL.items():
        if table not in tables:
            continue
        application = quoted(app.name)
        yield _Policy(table, app.name, f"TO {application} USING (true) WITH CHECK (true)")
        for wall, reach in reaches.items():
            if tables.issuperset(reach.needs):
                for command, condition in _conditions(reach):
                    role = app.role_of(wall)
                    yield _Policy(
                        table, f"{role}_{command}"[:63].lower(), f"FOR {command} TO {quoted(role)} {condition}"
                    )


def _conditions(reach: Reach) -> Iterator[tuple[str, str]]:
    yield "SELECT", f"USING ({reach.rows})"
    written = reach.written or reach.rows
    for command in reach.may:
        using = "" if command == "INSERT" else f"USING ({written})"
        check = "" if command == "DELETE" else f"WITH CHECK ({written})"
        yield command, f"{using} {check}".strip()


def _tables(connection: Connection) -> frozenset[str]:
    """Tables and views of the schema, but for those that belong to an extension."""
    query = """
        SELECT relname FROM pg_class c WHERE relkind IN ('r', 'p', 'v')
            AND relnamespace = current_schema()::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    """
    return frozenset(connection.execute(text(query)).scalars())


def _columns(connection: Connection) -> frozenset[str]:
    """Columns of the schema, as `table.column`."""
    query = (
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    return frozenset(connection.execute(text(query)).scalars())


def _secured(connection: Connection) -> set[str]:
    query = "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace"
    return set(connection.execute(text(query)).scalars())


def _present(connection: Connection) -> Mapping[tuple[str, str], str | None]:
    """Policies of the schema and their marks."""
    query = """
        SELECT c.relname, p.polname, obj_description(p.oid, 'pg_policy')
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = current_schema()::regnamespace
    """
    return {(table, name): mark for table, name, mark in connection.execute(text(query))}


def app_role_of(owner_url: str, app_url: str | None) -> AppRole:
    """The application's role as its address names it; the owner itself if there is no other address."""
    owner = make_url(owner_url)
    app = make_url(app_url) if app_url else owner
    return AppRole(app.username or "", owner.username or "", app.password)
