"""Commands in this process, on the database of the tests."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import typer
from typer.testing import CliRunner, Result


class Plut:
    """The command line with the commands of one module. One call at a time, since they share standard output."""

    def __init__(self, register: Callable[[typer.Typer], None]) -> None:
        self._cli = typer.Typer(pretty_exceptions_enable=False)
        register(self._cli)

    async def __call__(self, *arguments: str) -> Result:
        # Commands bring a loop of their own, which a thread without one lets them.
        return await asyncio.to_thread(lambda: CliRunner().invoke(self._cli, list(arguments)))

    async def made(self, *arguments: str) -> Any:
        """What a command that succeeds prints as JSON."""
        answer = await self(*arguments, "--json")
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)
