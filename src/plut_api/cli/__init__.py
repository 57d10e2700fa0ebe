"""`plut`: run, serve, work, migrate, and the operator's commands. Each module registers its own."""

from importlib import import_module

import typer

from plut_api.kit.audit import acting_as

COMMANDS = (
    "run",
    "serve",
    "worker",
    "migrate",
    "staff",
    "client",
    "keys",
    "doctor",
    "imports",
    "privacy",
    "audit",
    "sizes",
    "readiness",
    "seed",
    "openapi",
    "demo",
    "shell",
    "migrations",
)


def make_cli() -> typer.Typer:
    """The command line with every command."""
    cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @cli.callback()
    def plut(context: typer.Context) -> None:
        """The API of PLUT NTB: run it, work, and look after it."""
        context.with_resource(acting_as(f"cli:{context.invoked_subcommand}"))

    for name in COMMANDS:
        import_module(f"plut_api.cli.{name}").register(cli)
    return cli


def main() -> None:
    """Entry point of the console script."""
    make_cli()(prog_name="plut")
