"""Who may do what in the database: the privileges of the application's role, and row security for organizations.

`declared.py` says it table by table, `raising.py` brings a database in line with it; `plut migrate` does so each time.
"""

from plut_api.walls.raising import app_role_of, lower_walls, raise_walls
from plut_api.walls.roles import AppRole, RolesMissing

__all__ = ["AppRole", "RolesMissing", "app_role_of", "lower_walls", "raise_walls"]
