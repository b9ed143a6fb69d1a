"""Who is trusted, what the clocks say, and what is said of it: over real TLS, with real clocks."""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_line import Cli
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from field_work import Agent, Answer, Clock, Office, a_worker, between, enrol, standing

from perisai_cli.central.serve import running

DAY = timedelta(days=1)


@dataclass
class Authority:
    """A certificate authority of an office, made for a test."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    file: Path

    @classmethod
    def made(cls, folder: Path, name: str) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(name, key.public_key(), name, key, authority=True)
        file = folder / f"{name}.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(key, certificate, file)

    def server(self, folder: Path, host: str, until: datetime) -> ssl.SSLContext:
        """Return what a server of *host* shows, good until that moment."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        shown = _signed(host, key.public_key(), str(issuer), self.key, host=host, until=until)
        file = folder / "server.pem"
        file.write_bytes(
            shown.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _signed(
    subject: str,
    key: ec.EllipticCurvePublicKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    *,
    authority: bool = False,
    host: str | None = None,
    until: datetime | None = None,
) -> x509.Certificate:
    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    ends = until or datetime.now(UTC) + 30 * DAY
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - 60 * DAY)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if host:
        name = (
            x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
        )
        builder = builder.add_extension(x509.SubjectAlternativeName([name]), critical=False)
    return builder.sign(by, hashes.SHA256())


@contextlib.contextmanager
def behind_tls(central: str, context: ssl.SSLContext) -> Iterator[str]:
    """Yield an https address in front of *central*."""
    with between(central) as proxy:
        proxy.server.socket = context.wrap_socket(proxy.server.socket, server_side=True)
        yield proxy.url.replace("http:", "https:")


@pytest.fixture
def agent(tmp_path: Path, ready_home: Cli) -> Agent:
    agent = Agent(tmp_path / "agent", "", ready=ready_home)
    enrol(agent, a_worker())
    return agent


CASES: dict[str, tuple[str, timedelta, str, int]] = {
    "the pinned authority": ("127.0.0.1", 30 * DAY, "ours", 0),
    "another authority": ("127.0.0.1", 30 * DAY, "theirs", 7),
    "another host": ("pusat.contoh.id", 30 * DAY, "ours", 7),
    "run out": ("127.0.0.1", -DAY, "ours", 7),
    "no pin at all": ("127.0.0.1", 30 * DAY, "", 7),
}


@pytest.mark.parametrize("case", CASES)
def test_only_the_pinned_authority_is_trusted(
    agent: Agent, office: Office, tmp_path: Path, case: str
) -> None:
    host, good_for, pinned, code = CASES[case]
    ours, theirs = Authority.made(tmp_path, "ours"), Authority.made(tmp_path, "theirs")
    pin = {"ours": ("--ca", str(ours.file)), "theirs": ("--ca", str(theirs.file)), "": ()}[pinned]
    context = ours.server(tmp_path, host, datetime.now(UTC) + good_for)
    with behind_tls(office.url, context) as address:
        said = agent.sync("--pusat", address, *pin)
        assert said.code == code, said
        if code:
            assert said.codes == ["network.tls"]
            assert datetime.now(UTC).strftime("%Y-%m-%d") in said.errors[0]["message"]
            assert standing(agent) == {"pending": 1}
        else:
            assert standing(agent) == {"accepted": 1}


def test_the_pin_may_stand_in_the_settings_and_must_be_a_certificate(
    agent: Agent, office: Office, tmp_path: Path
) -> None:
    ours = Authority.made(tmp_path, "ours")
    (agent.home / "pusat.pem").write_bytes(ours.file.read_bytes())
    settings = agent.home / "settings.toml"
    settings.write_text('central_ca = "pusat.pem"\n', encoding="utf-8")
    context = ours.server(tmp_path, "127.0.0.1", datetime.now(UTC) + DAY)
    with behind_tls(office.url, context) as address:
        assert agent.sync("--pusat", address).code == 0
    for wrong in ("settings.toml", "nowhere.pem"):
        settings.write_text(f'central_ca = "{wrong}"\n', encoding="utf-8")
        said = agent.sync("--pusat", office.url)
        assert (said.code, said.codes) == (2, ["central.ca"])


@pytest.mark.parametrize("hours", [-24 * 3650, -1, 1, 24 * 3650])
def test_clocks_that_disagree_are_told_of_and_change_nothing(
    agent: Agent, tmp_path: Path, hours: int
) -> None:
    with running(tmp_path / "central", clock=Clock()) as url, between(url) as proxy:
        there = datetime.now(UTC) + timedelta(hours=hours)

        def dated(_method: str, _path: str, ask: Callable[[], Answer]) -> Answer:
            answer = ask().without("date")
            answer.headers["Date"] = there.strftime("%a, %d %b %Y %H:%M:%S GMT")
            return answer

        proxy.tamper = dated
        said = agent.sync("--pusat", proxy.url)
        assert (said.code, said.warned) == (0, ["clock.offset"])
        assert there.strftime("%Y-%m-%dT%H") in said.data["warnings"][0]["message"]
        assert standing(agent) == {"accepted": 1}
        proxy.tamper = lambda _method, _path, ask: ask()
        assert agent.sync("--pusat", proxy.url).warned == []


def test_a_login_page_is_told_in_a_sentence_that_anyone_understands(
    agent: Agent, office: Office
) -> None:
    page = Answer(200, {"Content-Type": "text/html"}, b"<form>Masuk</form>")
    with between(office.url) as proxy:
        proxy.tamper = lambda _method, _path, _ask: page
        for language, word in (("id", "minta masuk"), ("en", "asks to log in")):
            said = agent.sync("--pusat", proxy.url, "--bahasa", language)
            assert (said.code, said.codes) == (7, ["network.not_central"])
            assert word in said.errors[0]["message"]


def test_an_estimate_and_a_metered_link(agent: Agent, office: Office) -> None:
    slow = agent.run("sinkron", "--dry-run", "--kecepatan", "8").data
    quick = agent.run("sinkron", "--dry-run").data
    assert (slow["kilobits"], quick["kilobits"]) == (8, 64)
    # The speed changes nothing but the time; each packs another moment, so a few octets may differ.
    assert abs(slow["bytes_up"] - quick["bytes_up"]) < 16
    assert slow["seconds"] > quick["seconds"] > 0
    assert agent.run("sinkron", "--dry-run", "--speed", "0").codes == ["option.whole"]
    (agent.home / "settings.toml").write_text("metered = true\n", encoding="utf-8")
    said = agent.sync("--pusat", office.url)
    assert (said.code, said.data["accepted"]) == (0, 1), "little needs no question"
    (agent.home / "settings.toml").write_text('metered = "yes"\n', encoding="utf-8")
    assert agent.sync("--pusat", office.url).codes == ["settings.invalid"]
