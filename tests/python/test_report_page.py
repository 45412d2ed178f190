"""The report opened in a real browser: nothing is cut, nothing overlaps, everything can be read."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
UNDEB = ROOT / "target" / "debug" / "undeb"
PLANS = {"us-states-2030": 1, "eu-80": 1, "wales-2030": 1, "gov-skills-2008": 0}


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """One report of every bundled plan, with the exit code that its verdict asks for."""
    base = tmp_path_factory.mktemp("reports")
    for plan, code in PLANS.items():
        done = subprocess.run(
            [UNDEB, "report", plan, "--out", base / plan, "--as-of", "2026-11-22"],
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stderr
        assert done.stderr == ""
    return base


@pytest.fixture(scope="session")
def browser():
    path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )
        yield running
        running.close()


def open_page(browser, report, width, **options):
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((report / "report.html").as_uri())
    outside = [url for url in asked if not url.startswith(("file:", "data:"))]
    assert outside == [] and problems == []
    return page


# Texts of a drawing must stay inside it and apart from each other.
OVERLAPS = """
svg => {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([words, a], i) => {
    if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
      found.push('outside: ' + words);
    for (const [other, b] of boxes.slice(i + 1)) {
      // Line boxes are taller than letters: a third of the height may touch.
      const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (w > 1 && h > Math.min(a.height, b.height) / 3) found.push(words + ' | ' + other);
    }
  });
  return found;
}
"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("plan", PLANS)
def test_nothing_overlaps_or_is_cut(reports, browser, plan, width, scheme):
    page = open_page(browser, reports / plan, width, color_scheme=scheme)
    # The page itself never scrolls sideways; wide tables and charts do so in a box that the keyboard reaches.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.query_selector_all(".scroll"):
        assert box.get_attribute("tabindex") == "0" and box.get_attribute("aria-label")
    shown = 0
    # Every figure is there twice, drawn for a wide and for a narrow screen; colours follow the scheme.
    form = "narrow" if width <= 640 else "wide"
    for svg in page.query_selector_all(f".picture.{form} svg"):
        shown += svg.is_visible()
        assert svg.evaluate(OVERLAPS) == []
    assert shown == len(page.query_selector_all("figure"))
    page.close()


@pytest.mark.parametrize("plan", PLANS)
def test_structure_for_readers_who_listen(reports, browser, plan):
    page = open_page(browser, reports / plan, 1280)
    assert page.evaluate("document.documentElement.lang") == "en"
    for landmark in ["header", "nav", "main", "footer"]:
        assert page.locator(landmark).count() == 1
    assert page.locator("h1").count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    for table in page.query_selector_all("table"):
        assert table.query_selector("caption") and table.query_selector("thead th[scope=col]")
        assert table.query_selector("tbody th[scope=row]")
    for svg in page.query_selector_all("svg"):
        assert svg.get_attribute("role") == "img"
        for part in svg.get_attribute("aria-labelledby").split():
            assert page.evaluate("id => document.getElementById(id).textContent.trim().length", part) > 10
    broken = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.getElementById(a.hash.slice(1))).length")
    assert broken == 0
    page.close()


CONTRAST = """
() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length && (c.length === 3 || c[3] > 0)) return c; } return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('main *, header *, nav *, footer *')) {
    if (e.closest('svg') || !e.offsetParent || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(e.tagName + ' ' + ratio.toFixed(2) + ' ' + e.textContent.trim().slice(0, 40));
  }
  return bad;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast_is_at_least_aa(reports, browser, scheme):
    page = open_page(browser, reports / "us-states-2030", 1280, color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []
    page.close()


@pytest.mark.parametrize("plan", PLANS)
def test_it_prints_on_a4(reports, browser, plan, tmp_path):
    page = open_page(browser, reports / plan, 1280)
    page.emulate_media(media="print")
    # A4 less the margins of the style sheet, at 96 pixels an inch.
    page.set_viewport_size({"width": 688, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    cut = page.evaluate("[...document.querySelectorAll('table')].filter(t => t.offsetWidth > 690).map(t => t.caption.textContent)")
    assert cut == []
    pdf = page.pdf(format="A4", path=str(tmp_path / "report.pdf"))
    assert pdf.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 2
    page.close()


def test_json_says_what_the_page_says(reports, browser):
    page = open_page(browser, reports / "eu-80", 1280)
    report = json.loads((reports / "eu-80" / "report.json").read_text())
    assert report["schema"] == "undeb-report/1"
    sentence = page.locator(".verdict").inner_text()
    assert sentence == report["verdict"]["sentence"]
    assert "20 of 27" in sentence and "Italy" in sentence
    counts = {"met": 0, "not_met": 0, "cannot_tell": 0}
    for finding in report["findings"]:
        counts[finding["finding"]] += 1
    assert counts == {"met": 7, "not_met": 20, "cannot_tell": 0}
    page.close()
