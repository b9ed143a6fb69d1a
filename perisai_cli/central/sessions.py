"""Who is speaking: devices register their key once, then trade signatures for short access tokens.

A nonce is remembered as long as its device, so that a signed request that was overheard is worth
nothing at any later time, whatever the clocks say: devices in the field have wrong ones, and a
window of hours would either refuse them or open again one day. It costs one short row a sign-in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from perisai_cli.central import agents
from perisai_cli.central.core import Central
from perisai_cli.central.database import Database
from perisai_cli.central.keys import office_key, setting, signing_key
from perisai_cli.central.problems import Refusal
from perisai_cli.central.tables import access_tokens, devices, officers, used_nonces
from perisai_cli.central.upsert import Sender
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.messages import (
    RegisterRequest,
    RegisterResponse,
    TokenRequest,
    TokenResponse,
    token_message,
)

KEY_OCTETS = 32
_KEPT_EXPIRED = timedelta(days=1)
"""How long an expired token is told apart from one that never was."""


def register(central: Central, request: RegisterRequest) -> RegisterResponse:
    """Return the acknowledgement of a device; repeating a registration changes nothing.

    Raises:
        Refusal: ``public_key.format``, ``auth.device_taken``, ``auth.code_needed``,
            ``auth.code_wrong``, or ``request.invalid`` for text that can't be printed.
    """
    key = _public_key(request.public_key)
    if not (request.agent + request.agent_name + request.office).isprintable():
        raise Refusal("request.invalid", "/agent: string_type")
    now = central.clock()
    with central.database.writing() as connection:
        wanted = select(devices.c.agent, devices.c.public_key)
        known = connection.execute(wanted.where(devices.c.device == request.device)).one_or_none()
        if known is None:
            _admit(connection, central, request, now)
            row = {
                "device": request.device,
                "agent": request.agent,
                "region": request.region,
                "public_key": key,
                "registered_at": timestamp(now),
            }
            connection.execute(insert(devices), row)
        elif (known.agent, bytes(known.public_key)) != (request.agent, key):
            raise Refusal("auth.device_taken")
        return RegisterResponse(
            agent=request.agent,
            device=request.device,
            server_time=timestamp(now),
            central=setting(connection, "central_id"),
            signing_key=_base64(signing_key(connection).public_key().public_bytes_raw()),
            office_key=_base64(office_key(connection).public_key().public_bytes_raw()),
        )


def _admit(
    connection: Connection, central: Central, request: RegisterRequest, now: datetime
) -> None:
    """Let an agent's new device in, by code or, on loopback, by its word."""
    if central.self_registration:
        agents.put_agent(connection, request.agent, request.agent_name, request.office, now)
        return
    if request.code is None:
        raise Refusal("auth.code_needed")
    if not agents.use_code(connection, request.agent, request.code):
        raise Refusal("auth.code_wrong")


def issue_token(central: Central, request: TokenRequest) -> TokenResponse:
    """Return a fresh access token for a device that proves it holds its key.

    A suspended device gets one, too, but only ``/v1/escrow`` takes it.

    Raises:
        Refusal: ``auth.refused``: an unknown device, a wrong signature, or a nonce used before.
    """
    now = central.clock()
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": token_hash_of(token),
        "device": request.device,
        "expires_at": timestamp(now + timedelta(seconds=central.token_seconds)),
    }
    old = timestamp(now - _KEPT_EXPIRED)
    # Before anything is locked: strangers must not be able to keep the writers waiting.
    with central.database.reading() as connection:
        _check_signature(connection, request)
    with central.database.writing() as connection:
        _spend_nonce(connection, request)
        stale = (access_tokens.c.device == request.device) & (access_tokens.c.expires_at < old)
        connection.execute(delete(access_tokens).where(stale))
        connection.execute(insert(access_tokens), row)
    return TokenResponse(
        access_token=token, expires_in=central.token_seconds, server_time=timestamp(now)
    )


def _check_signature(connection: Connection, request: TokenRequest) -> None:
    wanted = select(devices.c.public_key).where(devices.c.device == request.device)
    key = connection.scalar(wanted)
    if key is None:
        raise Refusal("auth.refused")
    message = token_message(request.device, request.time, request.nonce)
    try:
        signature = base64.b64decode(request.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(bytes(key)).verify(signature, message)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise Refusal("auth.refused") from error


def _spend_nonce(connection: Connection, request: TokenRequest) -> None:
    try:
        connection.execute(insert(used_nonces), {"device": request.device, "nonce": request.nonce})
    except IntegrityError as error:
        raise Refusal("auth.refused") from error


def sender_of(database: Database, authorization: str | None, now: datetime) -> Sender:
    """Return the device and agent that an ``Authorization`` header stands for.

    Raises:
        Refusal: ``auth.refused`` for no token or an unknown one, ``auth.expired`` for an old one,
            ``auth.role`` for an officer's.
    """
    token_hash = bearer_hash(authorization)
    wanted = (
        select(
            access_tokens.c.expires_at,
            devices.c.device,
            devices.c.agent,
            devices.c.region,
            devices.c.suspended_at,
        )
        .join(devices, devices.c.device == access_tokens.c.device)
        .where(access_tokens.c.token_hash == token_hash)
    )
    with database.reading() as connection:
        row = connection.execute(wanted).one_or_none()
        if row is None:
            officer = officers.c.token_hash == token_hash
            known = connection.scalar(select(officers.c.revoked_at.is_(None)).where(officer))
            raise Refusal("auth.role" if known else "auth.refused")
    if row.expires_at <= timestamp(now):
        raise Refusal("auth.expired")
    return Sender(row.device, row.agent, row.region, row.suspended_at is not None)


def bearer_hash(authorization: str | None) -> str:
    """Return the hash of the token in an ``Authorization`` header.

    Raises:
        Refusal: ``auth.refused``: there is no bearer token in it.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal("auth.refused")
    return token_hash_of(token.strip())


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _public_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
        Ed25519PublicKey.from_public_bytes(key)
    except ValueError as error:
        raise Refusal("public_key.format") from error
    return key


def token_hash_of(token: str) -> str:
    """Return what the central keeps of a token."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
