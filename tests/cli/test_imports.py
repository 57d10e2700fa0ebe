"""`plut import`: files are loaded by command as over HTTP, with the same wishes."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor
from plut_api.cli.imports import register
from plut_api.kit.caller import Role
from tests.cli.commands import Plut
from tests.factories import VILLAGES, Make

plut = Plut(register)
HEAD = "owner_name,owner_phone,business_name,village_code,kbli_code,address,row_key\n"


def file_of(folder: Path, address: str) -> str:
    path = folder / "umkm.csv"
    path.write_text(f"{HEAD}Pemilik Contoh,081234567890,Warung Contoh,{VILLAGES[0]},10794,{address},baris-1\n")
    return str(path)


async def test_a_file_is_tried_loaded_and_brought_up_to_date_by_command(
    make: Make, sessions: async_sessionmaker[AsyncSession], tmp_path: Path
) -> None:
    dinas = await make.staff(Role.dinas)
    common = ("--kind", "actors", "--staff", str(dinas.email), "--source", "contoh")

    async def run(address: str, *options: str) -> str:
        done = await plut(file_of(tmp_path, address), *common, *options)
        assert done.exit_code == 0, done.output
        return done.stdout.partition("\n")[0]

    tried = await run("Jalan Lama 1")
    loaded = await run("Jalan Lama 1", "--commit")
    kept = await run("Jalan Baru 2", "--commit")
    updated = await run("Jalan Baru 2", "--commit", "--on-conflict", "update")
    async with sessions() as db:
        addresses = (await db.scalars(select(Actor.address))).all()

    assert tried.startswith("done: 1 rows, 1 new")
    assert loaded.startswith("done: 1 rows, 1 new")
    assert kept.startswith("done: 1 rows, 0 new, 0 changed, 1 unchanged")
    assert updated.startswith("done: 1 rows, 0 new, 1 changed")
    assert addresses == ["Jalan Baru 2"]


async def test_a_stranger_loads_nothing(make: Make, tmp_path: Path) -> None:
    done = await plut(file_of(tmp_path, "-"), "--kind", "actors", "--staff", "tidak-ada@contoh.example", "--commit")

    assert done.exit_code == 1
