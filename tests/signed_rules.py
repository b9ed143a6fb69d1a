"""Sets of rules made for tests: the package's own with a price changed, signed by a key at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from perisai_cli.protocol.reference import Name, ReferenceSet, key_text, signed_set
from perisai_cli.protocol.reference_content import packaged_content, rules_content
from perisai_cli.rules.law import VERSION, packaged_law

NEWER = VERSION + 1000
OLD_PRICE, NEW_PRICE = "value = 6_800", "value = 7_800"
FLAT_PRICE = "jkm.bpu_flat"

A_LATER_PRICE = """
[[bpu_flat.values]]
since = {since}
status = "enacted"
basis = "secondary"
checked = 2026-11-22
source = "pp-44-2015"
at = "Pasal 20 ayat (3)"
value = {price}
"""


class Signer:
    """A central's signing key, and the sets that it signs."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        self.key = key_text(self._private.public_key().public_bytes_raw())

    def sign(
        self,
        content: dict[str, Any],
        version: int = NEWER,
        name: Name = "rules",
        valid_from: str = "2026-11-01",
    ) -> ReferenceSet:
        """Return *content* as a signed set."""
        return signed_set(name, version, valid_from, content, self.key, self._private.sign)

    def rules(self, version: int = NEWER, **changed: str) -> bytes:
        """Return a signed set of the package's rules with some files replaced."""
        return self.sign(rules_with(**changed), version).octets()

    def key_file(self, folder: Path) -> str:
        """Write the public key to a file as the office hands it out; return its name."""
        path = folder / "office.key"
        path.write_text(self.key + "\n", encoding="utf-8")
        return str(path)


def rules_with(**changed: str) -> dict[str, Any]:
    """Return the package's rules as content, some files replaced by other texts."""
    files = dict(packaged_law().files)
    return rules_content(files | {name: text.encode() for name, text in changed.items()})


def file_of(name: str) -> str:
    """Return the text of one of the package's parameter files."""
    text = packaged_content("rules")["files"][name]
    assert isinstance(text, str)
    return text


def dearer(price: int = 7800) -> str:
    """Return the file of JKM with another flat price from its first day on."""
    assert OLD_PRICE in file_of("jkm")
    return file_of("jkm").replace(OLD_PRICE, f"value = {price}")


def dearer_from(since: str, until_before: str, price: int = 7800) -> str:
    """Return the file of JKM with another flat price from a day on."""
    text = file_of("jkm")
    begin = text.index("[[bpu_flat.values]]")
    end = text.find("\n[", begin + 1)
    end = len(text) if end < 0 else end
    first = text[begin:end].replace("status =", f"until = {until_before}\nstatus =", 1)
    return text[:begin] + first + A_LATER_PRICE.format(since=since, price=price) + text[end:]


def folder_of_rules(folder: Path, **changed: str) -> Path:
    """Write the package's parameter files, some replaced, into a folder; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in rules_with(**changed)["files"].items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder
