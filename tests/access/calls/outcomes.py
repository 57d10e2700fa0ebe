"""Levels that moved, evidence that is taken back or found false, and files that come in pieces."""

from datetime import timedelta
from typing import Any

from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.files import sealing
from plut_api.kit.files.uploads.models import Upload
from plut_api.kit.files.uploads.service import KEY_CONTEXT
from plut_api.kit.ids import new_id
from tests.access.calls.call import Call, prepared
from tests.access.rows import Side
from tests.access.world import World

TUS = {"Tus-Resumable": "1.0.0"}


@prepared
async def list_outcome_moves(world: World, side: Side, who: str) -> Call:
    return Call(path={"enrolment_id": side.id("enrolment"), "dimension": "packaging"}, about=side.id("enrolment"))


@prepared
async def withdraw_evidence(world: World, side: Side, who: str) -> Call:
    return await _about_evidence(world, side, submitted_by=side.person.account_id)


@prepared
async def revoke_evidence(world: World, side: Side, who: str) -> Call:
    decided: dict[str, Any] = {"state": "verified", "verified_level": 2, "decided_at": clock.now()}
    call = await _about_evidence(world, side, **decided, decided_by=new_id())
    call.body = {"reason": "Foto milik usaha lain."}
    return call


@prepared
async def begin_upload(world: World, side: Side, who: str) -> Call:
    return Call(headers=TUS | {"Upload-Length": "10"})


@prepared
async def get_upload(world: World, side: Side, who: str) -> Call:
    return await _about_upload(world, side)


@prepared
async def send_upload_piece(world: World, side: Side, who: str) -> Call:
    call = await _about_upload(world, side)
    call.content = b"%PDF-"
    call.headers |= {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    return call


@prepared
async def end_upload(world: World, side: Side, who: str) -> Call:
    return await _about_upload(world, side)


async def _about_evidence(world: World, side: Side, **given: Any) -> Call:
    enrolment = await world.make.enrolment(await world.make.program(side.opd), side.person)
    outcome = await world.make.outcome(enrolment, baseline_level=1, target_level=2)
    evidence = await world.make.evidence(outcome, **given)
    return Call(path={"evidence_id": evidence.id}, about=evidence.id)


async def _about_upload(world: World, side: Side) -> Call:
    """An upload that the person of the side began."""
    upload = await world.add(
        Upload(
            id=new_id(),
            uploaded_by=side.person.account_id,
            name="label.png",
            length_bytes=10,
            key_sealed=vault().seal_bytes(KEY_CONTEXT, sealing.new_key()),
            expires_at=clock.now() + timedelta(hours=1),
        )
    )
    return Call(path={"upload_id": upload.id}, headers=dict(TUS), about=upload.id)
