"""Signing in: a device makes itself known once, and trades a signature for a short token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from perisai_cli.domain.errors import SignInAgain, SomethingInTheWay
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol import messages
from perisai_cli.protocol.reconcile import SEEN_HEADER, seen_text
from perisai_cli.sync.client import Answer, Client, Failure, failure
from perisai_cli.sync.ports import Outbox, Signer

_EARLY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Member:
    """Who the device works for, as the central is told.

    ``code`` is the one-time registration code, where the office gave one.
    """

    agent: str
    agent_name: str
    office: str
    region: str
    code: str | None = None


class Session:
    """Authorised requests to one central: signs in when needed, refreshes once, never twice."""

    def __init__(
        self, client: Client, address: str, outbox: Outbox, signer: Signer, member: Member
    ):
        self.client = client
        self._address = address
        self._outbox = outbox
        self._signer = signer
        self._member = member

    def authorised(self, now: datetime) -> dict[str, str]:
        """Return the header that authorises a request, signing in first if need be.

        Raises:
            SignInAgain: the central does not take this device (its code says why).
        """
        kept = self._outbox.session()
        if kept.get("address") != self._address or not self._outbox.central():
            self._register(now)
            kept = {"address": self._address}
        if not kept.get("token") or kept["expires_at"] < timestamp(now + _EARLY):
            kept = self._renew(now)
        return {"Authorization": f"Bearer {kept['token']}"}

    def post(self, path: str, body: dict[str, object], key: str, now: datetime) -> Answer:
        """Send an authorised message; a token that ran out is renewed once.

        Raises:
            SignInAgain: the renewed token is refused as well.
        """
        headers = {"Idempotency-Key": key} | self.authorised(now)
        answer = self.client.post(path, body, headers)
        if answer.status == 401:
            self._renew(now)
            answer = self.client.post(path, body, headers | self.authorised(now))
        return answer

    def get(self, path: str, headers: dict[str, str], now: datetime) -> Answer:
        """Ask for *path* with authority; a token that ran out is renewed once."""
        answer = self.client.get(path, headers | self.authorised(now))
        if answer.status == 401:
            self._renew(now)
            answer = self.client.get(path, headers | self.authorised(now))
        return answer

    def attempt_post(self, path: str, content: bytes, key: str, now: datetime) -> Answer | Failure:
        """Send packed *content* once; only a token that ran out is renewed and it sent again."""
        headers = {"Idempotency-Key": key}
        answer = self.client.attempt("POST", path, headers | self.authorised(now), content)
        if isinstance(answer, Answer) and answer.status == 401:
            self._renew(now)
            return self.client.attempt("POST", path, headers | self.authorised(now), content)
        return answer

    def attempt_get(self, path: str, now: datetime) -> Answer | Failure:
        """Ask for *path* once."""
        return self.client.attempt("GET", path, self.authorised(now))

    def seen(self) -> dict[str, str]:
        """Return the header that shows the central its last commit that this store knows of."""
        seq, token = self._outbox.state("seq"), self._outbox.state("token")
        return {SEEN_HEADER: seen_text(int(seq), token)} if seq and token else {}

    def _register(self, now: datetime) -> None:
        request = messages.RegisterRequest(
            agent=self._member.agent,
            agent_name=self._member.agent_name,
            office=self._member.office,
            region=self._member.region,
            device=self._signer.id,
            public_key=self._signer.public_key,
            code=self._member.code,
        )
        answer = self.client.post("/v1/agents/register", request.model_dump(exclude_none=True), {})
        if answer.status != 200:
            raise failure(answer)
        try:
            response = messages.RegisterResponse.model_validate(answer.content)
        except ValidationError:
            raise SomethingInTheWay("network.not_central", status=200) from None
        self._know(response, now)
        self._outbox.keep_session({"address": self._address})

    def _know(self, response: messages.RegisterResponse, now: datetime) -> None:
        """Keep who the central is.

        Another central than the one before knows nothing of what that one answered: the next push
        is not made before it was asked what it holds.

        Raises:
            SomethingInTheWay: ``central.key_changed``: the central's id with other keys.
        """
        facts = {
            "id": response.central,
            "signing_key": response.signing_key,
            "office_key": response.office_key,
        }
        known = self._outbox.central()
        if known.get("id") == response.central and known != facts:
            raise SomethingInTheWay("central.key_changed")
        if known.get("id", response.central) != response.central:
            self._outbox.settle([], now, {"doubted": "another"})
        self._outbox.keep_central(facts)

    def _renew(self, now: datetime) -> dict[str, str]:
        answer = self._ask_for_token(now)
        if answer.status == 401:
            # When the first answer was lost on the way, its repetition carries a spent nonce.
            answer = self._ask_for_token(now)
        if answer.status == 401:
            # The central does not know the device (any more): the next run registers it anew.
            self._outbox.keep_session({})
            raise SignInAgain("auth.refused")
        if answer.status != 200:
            raise failure(answer)
        try:
            token = messages.TokenResponse.model_validate(answer.content)
        except ValidationError:
            raise SomethingInTheWay("network.not_central", status=200) from None
        kept = {
            "address": self._address,
            "token": token.access_token,
            "expires_at": timestamp(now + timedelta(seconds=token.expires_in)),
        }
        self._outbox.keep_session(kept)
        return kept

    def _ask_for_token(self, now: datetime) -> Answer:
        device, time, nonce = self._signer.id, timestamp(now), secrets.token_hex(16)
        signature = self._signer.sign(messages.token_message(device, time, nonce))
        request = messages.TokenRequest(device=device, time=time, nonce=nonce, signature=signature)
        return self.client.post("/v1/token", request.model_dump(), {})
