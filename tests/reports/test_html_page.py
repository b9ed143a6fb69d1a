"""The page of a report, as bytes and in a real browser: sorted, filtered, dark, printed, offline."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import made_reports as made
import pytest
from browser import Driver, a_browser, complaints, pressed, sized
from papers import printed_text
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from perisai_cli import i18n
from perisai_cli.reports.model import Report
from perisai_cli.reports.page_html import write_html
from perisai_cli.reports.shown import PAGE_ROWS

Opened = Callable[[Report], None]
NAMED = "#s2"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """Return a browser for this module's tests."""
    with a_browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def opened(browser: Driver, tmp_path: Path) -> Iterator[Opened]:
    """Return a way to open a report's page; at the end the browser must have nothing to complain of."""

    def open_page(report: Report) -> None:
        path = tmp_path / "laporan.html"
        write_html(report, path)
        sized(browser, 1200)
        browser.get(path.as_uri())

    yield open_page
    assert complaints(browser) == []
    browser.get("about:blank")


def page_of(report: Report, folder: Path) -> str:
    path = folder / "laporan.html"
    write_html(report, path)
    return path.read_text(encoding="utf-8")


def column(browser: Driver, place: int, section: str = NAMED) -> list[str]:
    """Return the cells of a column that can be seen, from top to bottom."""
    script = (
        "return [...document.querySelectorAll(arguments[0] + ' tbody tr')]"
        ".filter(row => !row.hidden).map(row => row.cells[arguments[1]].textContent)"
    )
    return list(browser.execute_script(script, section, place))


def sorted_as(browser: Driver, section: str = NAMED) -> list[str]:
    heads = browser.find_elements(By.CSS_SELECTOR, f"{section} thead th")
    return [str(head.get_attribute("aria-sort")) for head in heads]


def heads_of(browser: Driver, section: str = NAMED) -> list[Any]:
    return browser.find_elements(By.CSS_SELECTOR, f"{section} thead button")


def test_a_column_of_numbers_is_sorted_by_value_and_the_unknown_comes_last(
    browser: Driver, opened: Opened
) -> None:
    opened(made.report())
    agent, accepted, cash = heads_of(browser)
    assert sorted_as(browser) == ["none", "none", "none"]
    accepted.click()
    numbers = column(browser, 1)
    assert numbers[:3] + numbers[-2:] == ["0", "2.468", "3.702", "14.808", "–"]
    assert sorted_as(browser) == ["none", "ascending", "none"]
    accepted.click()
    numbers = column(browser, 1)
    assert numbers[:2] + numbers[-2:] == ["14.808", "13.574", "0", "–"]
    assert sorted_as(browser) == ["none", "descending", "none"]
    cash.click()
    days = [day for day in column(browser, 2) if day != "–"]
    assert days == [f"{day} November 2026" for day in range(1, 14, 2)]
    agent.click()
    assert sorted_as(browser) == ["ascending", "none", "none"]
    names = column(browser, 0)
    assert names.index("Désak Putu Ayu") < names.index("I Gdé Pitāna") < names.index("Ma’ruf–Amin")


def test_a_table_is_sorted_and_filtered_by_keyboard_alone(browser: Driver, opened: Opened) -> None:
    opened(made.report(made.named()))
    pressed(browser, Keys.TAB, Keys.TAB)
    box = browser.switch_to.active_element
    assert box.get_attribute("type") == "search"
    pressed(browser, *"desak")
    assert column(browser, 0, "#s1") == ["Désak Putu Ayu"]
    pressed(browser, *[Keys.BACKSPACE] * 5, Keys.TAB, Keys.TAB, Keys.TAB, Keys.ENTER, Keys.SPACE)
    assert sorted_as(browser, "#s1") == ["none", "descending", "none"]
    assert column(browser, 1, "#s1")[0] == "14.808"


def test_months_are_sorted_by_time_and_the_sum_stays_below(browser: Driver, opened: Opened) -> None:
    opened(made.report(made.stacked(14)))
    heads_of(browser, "#s1")[0].click()
    heads_of(browser, "#s1")[0].click()
    months = column(browser, 0, "#s1")
    assert (months[0], months[1], months[-1]) == ("Februari 2026", "Januari 2026", "Januari 2025")
    foot = browser.find_element(By.CSS_SELECTOR, "#s1 tfoot tr")
    assert foot.text.startswith("Jumlah")


def test_a_filter_finds_words_without_accents_and_hides_the_sum(
    browser: Driver, opened: Opened
) -> None:
    opened(made.report(made.stacked(), made.named()))
    box = browser.find_element(By.CSS_SELECTOR, "#s2 input")
    status = browser.find_element(By.CSS_SELECTOR, "#s2 [role=status]")
    box.send_keys("PITANA gde")
    assert column(browser, 0) == ["I Gdé Pitāna"]
    assert status.text == "1 dari 13 baris"
    box.clear()
    box.send_keys("<script>")
    assert column(browser, 0) == [made.SCRIPT]
    box.clear()
    box.send_keys("tidak ada")
    assert (column(browser, 0), status.text) == ([], "0 dari 13 baris")
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys(Keys.BACKSPACE)
    assert (len(column(browser, 0)), status.text) == (13, "")
    foot = browser.find_element(By.CSS_SELECTOR, "#s1 tfoot")
    assert foot.is_displayed()
    browser.find_element(By.CSS_SELECTOR, "#s1 input").send_keys("mei")
    assert column(browser, 0, "#s1") == ["Mei 2025"]
    assert not foot.is_displayed(), "it sums all rows, not those that are shown"


def test_dark_and_light_follow_the_device_until_somebody_chooses(
    browser: Driver, opened: Opened
) -> None:
    def paper() -> str:
        return str(browser.execute_script("return getComputedStyle(document.body).backgroundColor"))

    white, black = "rgb(255, 255, 255)", "rgb(23, 24, 28)"
    opened(made.report())
    button = browser.find_element(By.ID, "theme")
    assert (paper(), button.text) == (white, "Tampilan gelap")
    sized(browser, 1200, dark=True)  # the page is told of it with the next picture, not at once
    WebDriverWait(browser, 30).until(lambda _browser: button.text == "Tampilan terang")
    assert paper() == black
    button.click()
    assert (paper(), button.text) == (white, "Tampilan gelap")
    button.click()
    assert (paper(), button.text) == (black, "Tampilan terang")
    sized(browser, 1200)
    assert paper() == black


@pytest.mark.parametrize("dark", [False, True])
def test_words_can_be_read_on_what_is_behind_them(
    dark: bool, browser: Driver, opened: Opened
) -> None:
    opened(made.report())
    sized(browser, 1200, dark=dark)
    found = browser.execute_script(_CONTRASTS)
    assert len(found) > 100
    assert [each for each in found if each[1] < 4.5] == []


_CONTRASTS = """
const light = (colour) => {
  const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
    .map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!colour.endsWith(", 0)")) return colour;
  }
};
const found = [...document.querySelectorAll("h1,h2,p,td,th,a,button,li,figcaption,label")]
  .map((each) => [each.textContent.slice(0, 20), ratio(getComputedStyle(each).color, behind(each))]);
for (const svg of document.querySelectorAll("svg[role=img]")) {
  const tiles = [...svg.querySelectorAll("path[class^=s]")];
  for (const words of svg.querySelectorAll("text")) {
    const box = words.getBBox(), point = svg.createSVGPoint();
    point.x = box.x + box.width / 2; point.y = box.y + box.height / 2;
    const tile = tiles.find((each) => each.isPointInFill(point));
    const back = tile ? getComputedStyle(tile).fill : behind(svg);
    found.push([words.textContent, ratio(getComputedStyle(words).fill, back)]);
  }
}
return found;
"""


@pytest.mark.parametrize("width", [360, 768, 1200])
def test_the_page_is_never_wider_than_its_window(
    width: int, browser: Driver, opened: Opened
) -> None:
    opened(made.report())
    sized(browser, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    small = browser.execute_script(
        "return Math.min(...[...document.querySelectorAll('svg[role=img] text')]"
        ".map(each => each.getBoundingClientRect().height))"
    )
    assert small >= 6, "words of a chart keep a size that can be read"


def test_heads_stay_in_sight_while_a_long_table_scrolls(browser: Driver, opened: Opened) -> None:
    opened(made.report(made.long(200)))
    frame = browser.find_element(By.CSS_SELECTOR, ".table")
    browser.execute_script("arguments[0].scrollTo(400, 2000)", frame)
    script = (
        "const top = arguments[0].getBoundingClientRect();"
        "const head = arguments[0].querySelector('thead th').getBoundingClientRect();"
        "const name = arguments[0].querySelectorAll('tbody th')[50].getBoundingClientRect();"
        "return [head.top - top.top, name.left - top.left]"
    )
    down, across = browser.execute_script(script, frame)
    assert abs(down) <= 2
    assert abs(across) <= 2


def test_printed_it_has_heads_on_each_page_and_no_controls(
    browser: Driver, opened: Opened, tmp_path: Path
) -> None:
    opened(made.report(made.curves(8)))
    browser.find_element(By.ID, "theme").click()
    answer = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    path = tmp_path / "printed.pdf"
    path.write_bytes(base64.b64decode(answer["data"]))
    pages = printed_text(path)
    assert len(pages) >= 2
    for page in pages[:-1]:
        assert re.search(r"Angkatan\s+Bulan ke-\s+Bagian", page)
    whole = "\n".join(pages)
    for control in ("Saring", "Tampilan", "Tekan judul", "↕"):
        assert control not in whole
    assert "69,38 %" in whole


def test_it_asks_for_nothing_from_outside_and_lets_nothing_else_run(
    browser: Driver, opened: Opened
) -> None:
    opened(made.report())
    asked = "return performance.getEntriesByType('resource').map(each => each.name)"
    assert [name for name in browser.execute_script(asked) if not name.startswith("data:")] == []
    assert browser.execute_script("return document.scripts.length") == 1
    assert (
        browser.execute_script("return document.querySelectorAll('[style], [onclick]').length") == 0
    )
    run = (
        "const other = document.createElement('script'); other.textContent = 'window.ran = 1';"
        "document.body.append(other);"
        "const image = new Image(); image.src = 'https://example.invalid/x.png';"
        "document.body.append(image); return window.ran ?? 0"
    )
    assert browser.execute_script(run) == 0
    refused = complaints(browser)
    assert refused
    assert all("Content Security Policy" in each["message"] for each in refused)


def test_names_are_names_and_never_markup(browser: Driver, opened: Opened) -> None:
    opened(made.report(made.named()))
    assert set(column(browser, 0, "#s1")) == set(made.NAMES)
    assert (
        browser.execute_script("return document.querySelectorAll('main b, main script').length")
        == 0
    )


def test_everything_to_press_or_read_has_a_name(browser: Driver, opened: Opened) -> None:
    opened(made.report())
    unnamed = browser.execute_script(
        "return [...document.querySelectorAll('button, input, [role=region], nav, section')]"
        ".filter(each => !(each.ariaLabel || each.labels?.[0]?.textContent"
        " || each.getAttribute('aria-labelledby') || each.textContent).trim()).length"
    )
    ids = browser.execute_script(
        "return [...document.querySelectorAll('[id]')].map(each => each.id)"
    )
    assert unnamed == 0
    assert len(ids) == len(set(ids))
    for element in browser.find_elements(By.CSS_SELECTOR, "[aria-labelledby]"):
        assert set(str(element.get_attribute("aria-labelledby")).split()) <= set(ids)
    for link in browser.find_elements(By.CSS_SELECTOR, "nav a"):
        assert str(link.get_attribute("href")).partition("#")[2] in ids


def test_the_page_says_what_it_is_of_when_and_from_where(tmp_path: Path, spoken: str) -> None:
    text = page_of(made.report(origin=made.COPY), tmp_path)
    said = {
        "id": ("Laporan mingguan 2026-W47", "Untuk hari 22 November 2026", "sumber: pusat Banuspa"),
        "en": ("Weekly report 2026-W47", "For the day 22 November 2026", "source: central Banuspa"),
    }[spoken]
    assert f'<html lang="{spoken}">' in text
    for words in said:
        assert words in text
    assert "1 Januari 2027 00.30 WITA" in text or "1 January 2027 00.30 WITA" in text
    assert "http" not in re.sub(r"http-equiv", "", text)
    assert "{{" not in text
    assert "{%" not in text


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first = page_of(made.report(), tmp_path)
    i18n.use_language("en")
    assert page_of(made.report(), tmp_path) != first
    i18n.use_language("id")
    assert page_of(made.report(), tmp_path) == first


def test_a_long_section_shows_its_first_rows_and_says_where_all_of_them_are(tmp_path: Path) -> None:
    path = tmp_path / "laporan.html"
    assert write_html(made.report(made.long(PAGE_ROWS)), path) == PAGE_ROWS
    assert "baris pertama" not in path.read_text(encoding="utf-8")
    assert write_html(made.report(made.long(PAGE_ROWS + 1), made.curves()), path) == PAGE_ROWS + 55
    text = path.read_text(encoding="utf-8")
    assert "Di sini hanya 2.000 baris pertama; semuanya ada di berkas CSV atau XLSX." in text


def test_without_data_it_says_so(browser: Driver, opened: Opened, tmp_path: Path) -> None:
    sections = [made.empty(section) for section in made.report().sections]
    report = made.report(*sections, origin=made.EMPTY)
    assert write_html(report, tmp_path / "kosong.html") == 0
    opened(report)
    assert browser.page_source.count("Belum ada data.") == len(sections)
    assert browser.find_elements(By.CSS_SELECTOR, "table, svg[role=img], .controls") == []


def test_one_record_is_a_page_too(browser: Driver, opened: Opened) -> None:
    opened(made.report(made.named(made.NAMES[:1])))
    assert column(browser, 0, "#s1") == ["Ni Wayan Sukrawati"]
    assert heads_of(browser, "#s1") == [], "one row needs no sorting"


def test_what_cannot_be_summed_stays_empty_in_the_sum(tmp_path: Path) -> None:
    section = made.stacked(3)
    assert section.total is not None
    section.total["amount_held"] = None
    text = unescape(page_of(made.report(section), tmp_path))
    foot = text.partition("<tfoot>")[2].partition("</tfoot>")[0]
    assert foot.startswith('<tr><th scope="row">Jumlah</th>')
    assert '<td class="n"></td>' in foot
