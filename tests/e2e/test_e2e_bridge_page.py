"""The bridge's page, driven in a real browser beside a made-up portal, and poked at from outside."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browser import Driver, a_browser, complaints, pasted, pressed, sized
from command_line import PASSPHRASE, Cli
from field_work import EXAMPLE, a_nik, a_worker, enrol
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait
from terminal import Terminal

from perisai_cli.actions.bridge import Bridge
from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.portals import portal_named
from perisai_cli.cli.bridge_page import carry_by_page
from perisai_cli.wiring import throwaway_app

NUMBER = "26112200001"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """Return a browser for this module's tests."""
    with a_browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


class Page:
    """The program serving its page, and the address that it gave to the computer's browser."""

    def __init__(self, terminal: Terminal, opened: Path):
        self.terminal = terminal
        deadline = time.monotonic() + 60
        while not (opened.exists() and opened.read_text().endswith("\n")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self.arguments = opened.read_text()
        self.address = self.arguments.strip()
        self.host = urlsplit(self.address).netloc
        self.token = urlsplit(self.address).fragment

    def ask(
        self, method: str, path: str, message: Any = None, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Send a request as anything on this computer could; underscores stand for dashes."""
        port = int(self.host.partition(":")[2])
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line:
            usual = {
                "Host": self.host,
                "Origin": f"http://{self.host}",
                "Content-Type": "application/json",
            }
            whole = usual | {name.replace("_", "-"): value for name, value in headers.items()}
            line.putrequest(method, path, skip_host=True)
            content = message if isinstance(message, bytes) else json.dumps(message or {}).encode()
            for name, value in {name: value for name, value in whole.items() if value}.items():
                line.putheader(name, value)
            line.putheader("Content-Length", str(len(content)))
            line.endheaders(content)
            answer = line.getresponse()
            held = answer.read()
            kind = answer.headers.get_content_type()
            told = json.loads(held) if kind == "application/json" else held.decode()
            return answer.status, told, dict(answer.getheaders())

    def talk(self, **message: Any) -> tuple[int, Any]:
        return self.ask("POST", "/talk", message)[:2]


@pytest.fixture
def serve(agent: Cli) -> Iterator[Callable[..., Page]]:
    """Return a way to start the page."""
    opened = agent.folder / "opened"
    opener = agent.folder / "opener"
    opener.write_text(f'#!/bin/sh\necho "$@" > {opened}\n')
    opener.chmod(0o755)
    agent.environment["BROWSER"] = str(opener)
    with contextlib.ExitStack() as stack:

        def start(*more: str) -> Page:
            opened.unlink(missing_ok=True)
            terminal = stack.enter_context(
                Terminal(agent, "jembatan", "bawa", "--lewat", "page", *more)
            )
            return Page(terminal, opened)

        yield start


def whole(nik: str, **changes: Any) -> dict[str, Any]:
    return EXAMPLE | {"nik": nik, "birth_date": f"1990-{nik[8:10]}-17"} | changes


def found(browser: Driver, css: str) -> Any:
    return WebDriverWait(browser, 20).until(lambda page: page.find_element(By.CSS_SELECTOR, css))


def heading(browser: Driver, words: str) -> None:
    """Wait until the page says *words* somewhere."""
    WebDriverWait(browser, 20).until(lambda page: words in shows(page, "body"), words)


def shows(browser: Driver, css: str) -> str:
    """Return the text of what may be drawn anew at any moment."""
    script = "return document.querySelector(arguments[0])?.textContent ?? ''"
    return str(browser.execute_script(script, css))


def copied_after(browser: Driver, before: str) -> str:
    """Return the label of the field that is copied next, once the page says that it is."""

    def label(page: Driver) -> str:
        now = shows(page, "#now")
        name = now.partition(" · ")[2]
        told = shows(page, "#status").startswith(f"Disalin: {name}.")
        return name if now != before and told else ""

    return str(WebDriverWait(browser, 20).until(label))


class Form:
    """An online form that someone else made, in a tab of its own, as far as the clipboard can tell."""

    def __init__(self, browser: Driver):
        self._browser = browser
        here = browser.current_window_handle
        browser.switch_to.new_window("tab")
        browser.get("data:text/html,<title>portal</title><input autofocus>")
        self._tab = browser.current_window_handle
        browser.switch_to.window(here)

    def paste(self) -> str:
        """Return what a paste into the form gives."""
        here = self._browser.current_window_handle
        self._browser.switch_to.window(self._tab)
        field = found(self._browser, "input")
        field.clear()
        field.click()
        pasted(self._browser)
        value = str(field.get_property("value"))
        self._browser.switch_to.window(here)
        return value

    def close(self) -> None:
        here = self._browser.current_window_handle
        self._browser.switch_to.window(self._tab)
        self._browser.close()
        self._browser.switch_to.window(here)


@contextlib.contextmanager
def fresh_tab(browser: Driver, address: str) -> Iterator[None]:
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(address)
    yield
    browser.close()
    browser.switch_to.window(first)


def values_of(browser: Driver) -> list[str]:
    return [each.text for each in browser.find_elements(By.CSS_SELECTOR, "li .value")]


def test_two_people_go_into_a_form_by_keyboard_alone(
    agent: Cli, serve: Callable[..., Page], browser: Driver
) -> None:
    nik, other = a_nik(), a_nik()
    first, second = enrol(agent, whole(nik, name="Ni Luh <b>Sari"), a_worker(other))
    page = serve()
    portal: dict[str, str] = {}
    with fresh_tab(browser, page.address):
        form = Form(browser)
        heading(browser, "orang 1 dari 2")
        assert browser.title == "perisai · jembatan"
        assert browser.current_url == f"http://{page.host}/"
        assert "Ni Luh <b>Sari" in found(browser, "h1").text
        assert found(browser, "html").get_attribute("lang") == "id"
        pressed(browser, Keys.ENTER)
        heading(browser, "Disalin: NIK")
        assert form.paste() == nik
        while shows(browser, "#forward") != "Selesai diisi":
            before = shows(browser, "#now")
            pressed(browser, Keys.ENTER)
            label = copied_after(browser, before)
            portal[label] = form.paste()
        assert portal["Nama sesuai KTP"] == "NI LUH <B>SARI"
        assert portal["Tanggal lahir"] == f"17/{nik[8:10]}/1990"
        assert (portal["Nomor HP"], portal["Penghasilan sebulan"]) == ("081234567890", "1500000")
        assert "Email" not in portal, "what the record lacks is passed over"
        pressed(browser, Keys.ENTER)
        found(browser, "[name=number]").send_keys("2611 2200 001", Keys.TAB, NUMBER, Keys.ENTER)
        heading(browser, "Tersimpan: bernomor peserta")
        heading(browser, "Papan klip sudah dibersihkan")
        assert form.paste() == " "
        pressed(browser, Keys.ENTER)
        heading(browser, "orang 2 dari 2")
        for key, told in (("n", "Disalin: NIK"), ("n", "2/22"), ("n", "4/22"), ("<", "2/22")):
            pressed(browser, key)
            heading(browser, told)
            heading(browser, "Disalin:")
        # A page of a program that has ended asks for it in vain; only this one's word counts.
        assert [each for each in complaints(browser) if page.host in each["message"]] == []
        browser.refresh()
        heading(browser, "Dilanjutkan dari kolom 2")
        found(browser, "#stop").click()
        heading(browser, "1 orang dibawa, 1 belum")
        assert other not in browser.page_source
        form.close()
        assert browser.execute_script("return sessionStorage.length + localStorage.length") == 0
    assert page.terminal.end() == 0
    assert "1 orang dibawa, 1 belum" in page.terminal.shown
    items = {each["id"]: each for each in agent.run("jembatan", "daftar").data["items"]}
    assert (items[first]["number"], items[second]["state"]) == (NUMBER, "begun")
    assert nik not in page.arguments + page.terminal.shown


def test_what_is_typed_is_checked_and_what_is_doubtful_is_asked(
    agent: Cli, serve: Callable[..., Page], browser: Driver
) -> None:
    first, second = enrol(agent, a_worker(), a_worker())
    agent.run("jembatan", "catat", first, "--berkas", "-", stdin=json.dumps({"number": NUMBER}))
    page = serve(second, "--lang", "en")
    with fresh_tab(browser, page.address):
        heading(browser, "person 1 of 1")
        browser.execute_script("draw_result()")

        def saved(**typed: str) -> None:
            for name, value in typed.items():
                box = found(browser, f"[name={name}]")
                box.clear()
                box.send_keys(value)
            found(browser, "#save").click()

        saved(number="123", number_again="123")
        heading(browser, "There are 3 digits")
        saved(number=NUMBER, number_again="26112200002")
        heading(browser, "are not the same")
        saved(number_again=NUMBER)
        heading(browser, f"kept for record {first[-8:]}")
        saved(number="", number_again="", note="enrolled by the shop")
        heading(browser, "no such reason")
        Select(found(browser, "[name=reason]")).select_by_value("already_member")
        saved()
        heading(browser, "Saved: refused by the portal")
        found(browser, "#next").click()
        heading(browser, "You may close this page")
    assert page.terminal.end() == 0
    [item] = [
        each for each in agent.run("jembatan", "daftar").data["items"] if each["id"] == second
    ]
    assert item["refusal"] == {"reason": "already_member", "note": "enrolled by the shop"}


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_a_narrow_window_in_light_and_dark(
    dark: bool, agent: Cli, serve: Callable[..., Page], browser: Driver, tmp_path: Path
) -> None:
    enrol(agent, whole(a_nik(), name="W" * 60))
    page = serve()
    with fresh_tab(browser, page.address):
        sized(browser, 360, dark=dark)
        heading(browser, "orang 1 dari 1")
        for draw in ("draw()", "draw_result()"):
            browser.execute_script(draw)
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            assert wide <= 360
            looked = os.environ.get("BRIDGE_SCREENSHOTS") or str(tmp_path)
            browser.save_screenshot(f"{looked}/{draw[:-2]}-{'dark' if dark else 'light'}.png")
        paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(23, 24, 28)" if dark else "rgb(255, 255, 255)")
        names = browser.execute_script(
            "return [...document.querySelectorAll('button, input, select')].map(each =>"
            " each.ariaLabel || each.labels?.[0]?.textContent || each.textContent)"
        )
        assert all(name.strip() for name in names), "every control has a name to be read out"
        found(browser, "#back").click()
        labels = [
            each.get_attribute("aria-label")
            for each in browser.find_elements(By.CSS_SELECTOR, "li button")
        ]
        assert len(labels) == len(set(labels))


def test_the_page_forgets_everybody_once_the_program_has_ended(
    agent: Cli, serve: Callable[..., Page], browser: Driver
) -> None:
    enrol(agent, a_worker(name="Ni Luh Lupa"))
    page = serve()
    with fresh_tab(browser, page.address):
        heading(browser, "Ni Luh Lupa")
        page.terminal.process.send_signal(signal.SIGINT)
        assert page.terminal.end() == 0
        heading(browser, "Halaman ini sudah ditutup")
        assert "Lupa" not in browser.page_source
    assert agent.run("jembatan", "daftar").data["totals"]["waiting"] == 1


def test_the_address_opens_the_page_once_and_nothing_else_opens_it(
    agent: Cli, serve: Callable[..., Page]
) -> None:
    nik = a_nik()
    enrol(agent, a_worker(nik))
    page = serve()
    assert page.ask("GET", "/")[0] == 200
    for path in ("/", "/page.js", "/page.css"):
        status, content, headers = page.ask("GET", path)
        assert (status, headers["Cache-Control"]) == (200, "no-store")
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert (headers["Referrer-Policy"], headers["X-Content-Type-Options"]) == (
            "no-referrer",
            "nosniff",
        )
        assert not re.search(r"https?://|[0-9]{16}", content), (
            "nothing from outside, nothing of a person"
        )
        assert page.token not in content
    for path in ("/talk", "/../bridge.py", "/page", f"/{page.token}", "/favicon.ico", "/page.js?x"):
        assert page.ask("GET", path)[0] == 404, path
    opening = {"do": "open", "secret": page.token}
    assert page.talk(do="view", secret=page.token)[0] == 403
    for wrong in (
        {"Host": "127.0.0.1"}, {"Host": "evil.example"}, {"Host": page.host.replace("127.0.0.1", "localhost")},
        {"Host": ""}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": ""},
        {"Content_Type": "text/plain"}, {"Sec_Fetch_Site": "cross-site"},
    ):  # fmt: skip
        assert page.ask("POST", "/talk", opening, **wrong)[0] == 403, wrong
    assert page.ask("GET", "/", Host="evil.example")[0] == 403
    assert page.ask("GET", "/", Sec_Fetch_Site="cross-site")[0] == 403
    for message in (b"", b"[]", b"{", b"\xff", b"[" * 5000, b'{"do": "open"}' + b" " * 9000):
        assert page.ask("POST", "/talk", message)[0] == 403, message[:20]
    assert page.talk(do="open", secret="guess")[0] == 403
    status, told = page.talk(**opening)
    assert (status, told["steps"][0]["value"]) == (200, nik)
    assert page.talk(**opening)[0] == 403, "whoever comes second is turned away"
    secret = told["secret"]
    assert secret != page.token
    assert page.talk(do="view", secret=page.token)[0] == 403
    assert page.talk(do="view", secret=secret + "é")[0] == 403
    assert page.talk(do="view", secret=secret)[0] == 200
    assert page.talk(do="sudo", secret=secret)[0] == 400
    assert page.talk(do=["view"], secret=secret)[0] == 400
    for step in (-1, 99, "1", True, None):
        assert page.talk(do="reached", secret=secret, step=step) == (200, {})
    for back in (None, [], "x"):
        assert page.talk(do="returned", secret=secret, back=back) == (200, {})
    assert page.talk(do="returned", secret=secret, back={"password": "x"})[1]["problems"]
    assert agent.run("jembatan", "daftar").data["totals"]["waiting"] == 1
    assert page.talk(do="stop", secret=secret)[1]["over"] is True
    assert page.terminal.end() == 0
    assert nik not in page.terminal.shown


def test_an_idle_page_closes_by_itself_and_keeps_the_place(
    agent: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    [record] = enrol(agent, a_worker())
    app = throwaway_app(agent.home, PASSPHRASE, "")
    shown: list[str] = []

    def show(address: str) -> bool:
        shown.append(address)
        threading.Thread(target=_goes_one_field_on, args=(address,)).start()
        return True

    with open_desk(app) as desk:
        bridge = Bridge(desk, portal_named(agent.home, "umum"))
        data = carry_by_page(bridge, [record], show, idle=2)
        assert bridge.passage(record).crossing.next == 1
    assert (data["carried"], data["remaining"], len(shown)) == (0, 1, 1)
    assert "Halaman ditutup" in capsys.readouterr().err
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(urlsplit(shown[0]).netloc).connect()


def _goes_one_field_on(address: str) -> None:
    here = urlsplit(address)
    headers = {"Origin": f"http://{here.netloc}", "Content-Type": "application/json"}
    secret = here.fragment
    for message in ({"do": "open"}, {"do": "reached", "step": 1}, {"do": "ping"}):
        with contextlib.closing(http.client.HTTPConnection(here.netloc, timeout=20)) as line:
            line.request("POST", "/talk", json.dumps(message | {"secret": secret}), headers)
            secret = json.loads(line.getresponse().read()).get("secret", secret)
