"""A browser that a test drives: Chromium without a window, in a profile of its own.

Tests that need it are skipped, saying so, where Chromium is not installed, and fail where ``CI`` or
``PERISAI_REQUIRE_CHROMIUM`` is set.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

REQUIRED = bool(os.environ.get("CI") or os.environ.get("PERISAI_REQUIRE_CHROMIUM"))
"""Read at import, because the tests' environment is emptied of ours."""

_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip

Driver = webdriver.Chrome


@contextlib.contextmanager
def a_browser(profile: Path) -> Iterator[Driver]:
    """Yield a browser, or skip the test that asks where there is none."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        told = "Chromium and its driver (chromium, chromium-driver) are not installed"
        if REQUIRED:
            pytest.fail(told)
        pytest.skip(told)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Driver(options=options, service=Service(driver))
    try:
        yield browser
    finally:
        browser.quit()


def sized(browser: Driver, width: int, height: int = 800, *, dark: bool = False) -> None:
    """Make the page as wide as a device's, in light or dark."""
    sizes = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", sizes)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})


def pressed(browser: Driver, *keys: str) -> None:
    """Press keys, one after another, wherever the focus is."""
    for key in keys:
        ActionChains(browser).send_keys(key).perform()


def pasted(browser: Driver) -> None:
    """Paste what the clipboard holds where the focus is."""
    held = ActionChains(browser).key_down(Keys.CONTROL).send_keys("v").key_up(Keys.CONTROL)
    held.perform()


def complaints(browser: Driver) -> list[dict[str, Any]]:
    """Return what the browser's console complains of."""
    entries: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry for entry in entries if entry["level"] in ("SEVERE", "WARNING")]
