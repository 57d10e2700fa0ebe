"""Accounts of staff, and how staff get in."""

import itertools
from datetime import timedelta

import pyotp

from plut_api.identity.models import Account, LinkPurpose, PasswordLink, TotpSecret
from plut_api.identity.passwords import hash_password
from plut_api.identity.staff.totp import CONTEXT
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.crypto import secret_hash, vault
from plut_api.kit.database import unit_of_work
from tests.access.calls.call import Call, etag, is_person, prepared
from tests.access.rows import Side
from tests.access.world import World
from tests.factories import caller_for

_NUMBERS = itertools.count(1)
PASSWORD = "perahu kertas di bawah hujan deras"
HASH = hash_password(PASSWORD)
TOTP_SECRET = pyotp.random_base32()


async def _colleague(world: World, who: str) -> Account | None:
    """A fresh account like that of a caller who is staff, so that what changes is nobody else's; it has a password."""
    caller = world.caller(who)
    if caller is None or is_person(who) or caller.kind.value == "client":
        return None
    async with unit_of_work(world.sessions) as db:
        account = Account(
            kind=caller.kind,
            role=caller.role,
            organization_id=caller.organization_id,
            email=f"rekan{next(_NUMBERS)}@contoh.example",
            password_hash=HASH,
        )
        db.add(account)
    return account


async def _own(world: World, who: str, call: Call, *, totp: bool | None = None) -> Call:
    """A call by such a colleague; `totp` says whether their authenticator is confirmed, None that there is none."""
    account = await _colleague(world, who)
    if account is not None:
        call.who = caller_for(account)
        if totp is not None:
            await _with_totp(world, account, confirmed=totp)
    return call


async def _with_totp(world: World, account: Account, *, confirmed: bool) -> None:
    sealed = vault().seal(CONTEXT, TOTP_SECRET)
    since = clock.now() if confirmed else None
    await world.add(TotpSecret(account_id=account.id, secret_sealed=sealed, confirmed_at=since))


async def _hired(world: World) -> Account:
    """A member of staff whom the Dinas keeps."""
    return await world.make.staff(Role.consultant, world.dinas_organization)


@prepared
async def request_password_reset(world: World, side: Side, who: str) -> Call:
    return Call(body={"email": f"siapa{next(_NUMBERS)}@contoh.example"})


@prepared
async def choose_password(world: World, side: Side, who: str) -> Call:
    account, token = await _hired(world), f"sebuah-tautan-{next(_NUMBERS)}"
    await world.add(
        PasswordLink(
            account_id=account.id,
            purpose=LinkPurpose.invitation,
            token_hash=secret_hash(token),
            expires_at=clock.now() + timedelta(hours=1),
        )
    )
    return Call(body={"token": token, "password": PASSWORD})


@prepared
async def change_password(world: World, side: Side, who: str) -> Call:
    return await _own(world, who, Call(body={"old_password": PASSWORD, "new_password": f"{PASSWORD} sekali"}))


@prepared
async def sign_out_everywhere(world: World, side: Side, who: str) -> Call:
    newcomer, _ = await world.newcomer()
    return Call(who=newcomer) if is_person(who) else await _own(world, who, Call())


@prepared
async def get_totp(world: World, side: Side, who: str) -> Call:
    return await _own(world, who, Call(), totp=True)


@prepared
async def create_totp(world: World, side: Side, who: str) -> Call:
    return await _own(world, who, Call(body={"password": PASSWORD}))


@prepared
async def confirm_totp(world: World, side: Side, who: str) -> Call:
    return await _own(world, who, Call(body={"code": pyotp.TOTP(TOTP_SECRET).now()}), totp=False)


@prepared
async def delete_totp(world: World, side: Side, who: str) -> Call:
    headers = {"Plut-Totp": pyotp.TOTP(TOTP_SECRET).now(), "If-Match": '"1"'}
    return await _own(world, who, Call(headers=headers), totp=True)


@prepared
async def list_staff(world: World, side: Side, who: str) -> Call:
    return Call(query={"limit": 200})


@prepared
async def create_staff_member(world: World, side: Side, who: str) -> Call:
    email = f"baru{next(_NUMBERS)}@contoh.example"
    return Call(body={"email": email, "role": "consultant", "organization_code": world.dinas_organization.code})


@prepared
async def get_staff_member(world: World, side: Side, who: str) -> Call:
    return Call(path={"staff_id": side.consultant.id}, about=side.consultant.id)


@prepared
async def change_staff_member(world: World, side: Side, who: str) -> Call:
    account = await _hired(world)
    return Call(
        path={"staff_id": account.id}, body={"is_active": False}, headers=await etag(world, account), about=account.id
    )


@prepared
async def invite_staff_member_again(world: World, side: Side, who: str) -> Call:
    account = await _hired(world)
    return Call(path={"staff_id": account.id}, about=account.id)


@prepared
async def reset_staff_totp(world: World, side: Side, who: str) -> Call:
    account = await _hired(world)
    await _with_totp(world, account, confirmed=True)
    return Call(path={"staff_id": account.id}, about=account.id)
