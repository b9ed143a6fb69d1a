"""Makes the encrypted store of an agent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.domain.addresses import checked_address
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.regions import find_region
from perisai_cli.storage.database import FILE_NAME
from perisai_cli.storage.store import Profile, create_store, locked_store, store_id

MAX_ID = 64
MAX_NAME = 60
SHORT_PASSPHRASE = 10


def check_free(app: App) -> None:
    """Refuse to go on where a store is already.

    Raises:
        InvalidInput: ``store.exists``.
    """
    if (app.home / FILE_NAME).exists():
        raise InvalidInput("store.exists")


def checked_profile(answers: dict[str, str | None]) -> Profile:
    """Return the profile in *answers* (agent, name, office, region, central).

    Raises:
        InvalidInput: every answer that is missing or at fault.
    """
    faults: list[Problem] = []
    for name, limit in (("agent", MAX_ID), ("name", MAX_NAME), ("office", MAX_ID)):
        typed = (answers.get(name) or "").strip()
        if not typed:
            faults.append(Problem(f"setup.{name}_missing", f"/{name}"))
        elif len(typed) > limit or not typed.isprintable():
            faults.append(Problem("setup.too_long", f"/{name}", {"limit": limit}))
    region = (answers.get("region") or "").strip()
    known = find_region(region)
    if len(region) != 4 or known is None or known.retired_after:
        faults.append(Problem("setup.region", "/region"))
    central = answers.get("central") or ""
    try:
        central = checked_address(central) if central else ""
    except InvalidInput as error:
        faults += error.problems
    if faults:
        raise InvalidInput.of(tuple(faults))
    named = {name: (answers[name] or "").strip() for name in ("agent", "name", "office")}
    return Profile(**named, region=region, central=central)


def set_up(
    app: App, profile: Profile, passphrase: str, keep: Callable[[str, bytes], bool] | None
) -> Result:
    """Make the store; put its key in the system's keyring when *keep* is given.

    Raises:
        InvalidInput: ``store.exists``, or ``passphrase.empty``.
        DiskTrouble: the disk is full or fails; nothing is left behind.
    """
    check_free(app)
    if not passphrase.strip():
        raise InvalidInput("passphrase.empty")
    warnings: list[Problem] = []
    if len(passphrase) < SHORT_PASSPHRASE:
        warnings.append(Problem("passphrase.short", None, {"length": SHORT_PASSPHRASE}))
    vault_key = create_store(app.home, profile, passphrase, app.clock())
    data: dict[str, Any] = {
        "home": str(app.home),
        "agent": profile.agent,
        "office": profile.office,
        "region": profile.region,
        "central": app.address(profile),
        "keyring": False,
    }
    if keep is not None:
        with locked_store(app.home) as connection:
            data["keyring"] = keep(store_id(connection), vault_key)
        if not data["keyring"]:
            warnings.append(Problem("keyring.none"))
    return Result("setup", data, warnings=tuple(warnings))
