"""Takes newer rules from the central or from a file; what is not proved changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.rules import rules_json, value_json
from perisai_cli.domain.addresses import checked_address
from perisai_cli.domain.errors import (
    InvalidInput,
    PerisaiError,
    SomethingInTheWay,
    StoreUnusable,
)
from perisai_cli.protocol.canonical import body_hash
from perisai_cli.protocol.reference import (
    ReferenceSet,
    etag_of,
    key_octets,
    opened_set,
)
from perisai_cli.protocol.reference_content import BadContent, packaged_content, rules_files
from perisai_cli.rules.changes import Difference, differences
from perisai_cli.rules.checking import BadParameterFile
from perisai_cli.rules.guard import guarded_law
from perisai_cli.rules.installed import Active, fingerprint, installed_law, is_whole, read_active
from perisai_cli.rules.law import VERSION, Edition, Law, packaged_law
from perisai_cli.storage.answers import Answers
from perisai_cli.storage.rulebook import install, newest_known

_EARLY = timedelta(days=1)
_HOME_REGION = "51"


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    """How rules are to be taken in.

    Attributes:
        key: Signing key to trust in place of the one that the store keeps of its central.
        octets: A signed set from a file, in place of asking the central.
        dry_run: Whether to tell what would change, and change nothing.
        max_seconds: Patience with a bad link.
    """

    key: str | None = None
    octets: bytes | None = None
    dry_run: bool = False
    max_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class _InUse:
    """The rules in use: their law, hash, and how they were installed if they were."""

    law: Law
    hash: str
    active: Active | None
    damaged: bool

    @property
    def version(self) -> int:
        return self.law.edition.version


def rules_update(app: App, options: UpdateOptions) -> Result:
    """Put newer signed rules in use, and return what they change.

    Raises:
        InvalidInput: ``rules.no_key`` or ``rules.key``, or no address of a central is known.
        SomethingInTheWay: what came is not proved to be the central's, is older than what is in
            use (``reference.rollback``), or is not to be used yet.
        PerisaiError: ``reference.unfit``: it is the central's, and this program can't use it.
        TryLater: the network failed.
        DiskTrouble: the disk is full or fails.
    """
    used = _in_use(app.home)
    key, address = _trusted(app, options)
    octets = options.octets
    if octets is None:
        octets = _fetched(app, address, options.max_seconds, used)
    if octets is None:
        return _result(used, None, key, options)
    found = opened_set(octets, "rules", key)
    if not _is_newer(app, found, used):
        return _result(used, None, key, options)
    files, law = _guarded(found)
    if options.dry_run or install(app.home, octets, files, found.hash, law.edition):
        return _result(used, law, key, options)
    return _result(_in_use(app.home), None, key, options)  # another update was quicker


def _in_use(home: Path) -> _InUse:
    """Return what is in use; where the installed set is damaged, the package's own and that."""
    package = packaged_law()
    try:
        active = read_active(home)
        law = installed_law(home) or package
    except StoreUnusable:
        return _InUse(package, body_hash(packaged_content("rules")), None, True)
    if active is None or law is package:
        return _InUse(package, body_hash(packaged_content("rules")), active, False)
    if is_whole(home, active):
        return _InUse(law, active.hash, active, False)
    return _InUse(package, body_hash(packaged_content("rules")), active, True)


def _trusted(app: App, options: UpdateOptions) -> tuple[str, str]:
    """Return the signing key to trust and the address to ask; the store is opened if it must be."""
    key, address = options.key, app.central or ""
    if key is None or (options.octets is None and not address):
        with app.store() as store:
            key = key or Answers(store).central().get("signing_key")
            address = app.address(store.profile)
    if key is None:
        raise InvalidInput("rules.no_key")
    try:
        key_octets(key)
    except ValueError:
        raise InvalidInput("rules.key", field="--key") from None
    return key, address


def _fetched(app: App, address: str, max_seconds: float, used: _InUse) -> bytes | None:
    """Return what the central has in force, or None where that is what is in use and whole."""
    from perisai_cli.sync.client import Client, Link
    from perisai_cli.sync.reference import fetch_reference

    if not address:
        raise InvalidInput("central.none")
    etag = None if used.damaged else etag_of(used.version, used.hash)
    client = Client(
        checked_address(address), Link(max_seconds, app.clock, app.authority), app.version
    )
    with client.open():
        return fetch_reference(client, "rules", etag)


def _is_newer(app: App, found: ReferenceSet, used: _InUse) -> bool:
    """Tell whether a proved set is to take the place of what is in use.

    Versions are compared within one key: whoever works for another central now takes its rules,
    whatever number the former one had come to. None goes below the package's own.

    Raises:
        SomethingInTheWay: ``reference.not_yet``, ``reference.rollback`` or ``reference.forked``.
    """
    latest = app.today(_HOME_REGION) + _EARLY
    if found.valid_from > latest.isoformat():
        raise SomethingInTheWay("reference.not_yet", day=found.valid_from)
    floor = newest_known(app.home) if used.damaged else 0
    if used.active is not None and used.active.edition.key == found.key:
        floor = max(floor, used.active.edition.version)
    if found.version < floor:
        raise SomethingInTheWay("reference.rollback", version=found.version, used=floor)
    if found.version == used.version and found.hash != used.hash:
        raise SomethingInTheWay("reference.forked", version=found.version)
    same = found.version == used.version and not used.damaged
    return found.version > VERSION and not same


def _guarded(found: ReferenceSet) -> tuple[dict[str, bytes], Law]:
    """Return the files of a set and their law, which keeps all that the package's own keeps."""
    try:
        files = rules_files(found.content)
        guarded_law(files)
    except (BadParameterFile, BadContent) as error:
        why = ": ".join(str(each) for each in error.args)
        raise PerisaiError("reference.unfit", version=found.version, why=why) from None
    return files, Law(files, Edition(found.version, found.valid_from, found.key))


def _result(used: _InUse, law: Law | None, key: str, options: UpdateOptions) -> Result:
    kept = law or used.law
    changes = differences(used.law, law) if law else []
    data = {
        "updated": law is not None and not options.dry_run,
        "newer": law is not None,
        "dry_run": options.dry_run,
        "repaired": used.damaged and law is not None and not options.dry_run,
        "previous": used.version,
        "changes": [_change_json(each) for each in changes],
    }
    trusted = {"trusted": fingerprint(key)}
    return Result("rules update", data | trusted | {"rules": rules_json(kept)})


def _change_json(change: Difference) -> dict[str, Any]:
    value = value_json(change.value)
    return {
        "name": change.value.parameter,
        "change": change.kind,
        "unit": change.unit,
        "old": value_json(change.old)["value"] if change.old else None,
        "new": value_json(change.new)["value"] if change.new else None,
        **{name: value[name] for name in value if name != "value"},
    }
