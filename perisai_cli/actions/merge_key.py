"""The supervisor's key: agents seal their books to it, and it never leaves the supervisor's store.

It is made once. Without the store and its passphrase no book made for it can be opened.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.whole_file import whole_octets
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.storage.store import Store

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from perisai_cli.protocol.book import SupervisorKey

_NAME = "merge_key"


class Supervisor(NamedTuple):
    """A supervisor's key, open."""

    public: SupervisorKey
    private: X25519PrivateKey


def supervisor_of(store: Store) -> Supervisor:
    """Return the key with which this store opens books.

    Raises:
        InvalidInput: ``merge.no_key``: none was made yet.
    """
    kept = store.sealed(_NAME)
    if kept is None:
        raise InvalidInput("merge.no_key")
    return _opened(kept)


def show_key(app: App, output: Path | None) -> Result:
    """Return the supervisor's public key, made now if there is none; write its file, if asked.

    Raises:
        DiskTrouble: the file can't be written; the key is kept.
    """
    from perisai_cli.protocol.book import supervisor_file
    from perisai_cli.protocol.bundle_text import to_text

    with app.store() as store:
        made = store.sealed(_NAME) is None
        public = (_make(app, store) if made else supervisor_of(store)).public
    text = to_text(supervisor_file(public))
    if output is not None:
        with whole_octets(output) as file:
            file.write(text.encode("ascii"))
    shown: dict[str, Any] = public.model_dump() | {"fingerprint": public.fingerprint, "made": made}
    shown |= {"path": None if output is None else str(output), "text": text}
    return Result("merge key", shown)


def _make(app: App, store: Store) -> Supervisor:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = _base64(X25519PrivateKey.generate().private_bytes_raw())
    facts = {"supervisor": store.profile.agent, "office": store.profile.office, "private": private}
    with store.connection.transaction():
        store.seal(_NAME, facts)
        store.journal(app.clock(), "merge.key_made", fingerprint=_opened(facts).public.fingerprint)
    return _opened(facts)


def _opened(kept: dict[str, str]) -> Supervisor:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from perisai_cli.protocol.book import SupervisorKey

    private = X25519PrivateKey.from_private_bytes(base64.b64decode(kept["private"]))
    key = _base64(private.public_key().public_bytes_raw())
    return Supervisor(
        SupervisorKey(supervisor=kept["supervisor"], office=kept["office"], key=key), private
    )


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
