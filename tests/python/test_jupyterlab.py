"""One notebook from end to end in JupyterLab, in a real browser: the table and the chart are seen, trusted or not."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

# The second cell stands for long work, which says how far it has come and takes its line away again.
CELLS = ["import undeb as ub", "ub._undeb._sleep(1.6)", 'ub.data("eu27")', 'ub.Plan.read("eu-80").assess().chart("gap")']


# What the menu "Run All Cells" does, once the page says that its kernel is there: a click that comes before is lost.
RUN_ALL = """async () => {
  const app = window.jupyterapp, panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await app.commands.execute("notebook:run-all-cells");
}"""


def notebook() -> dict[str, object]:
    cells = [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": c, "execution_count": None, "outputs": []} for i, c in enumerate(CELLS)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "look.ipynb").write_text(json.dumps(notebook()))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_DATA_DIR": str(folder / "data"), "HOME": str(folder)}
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=",
         "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None", "--LabApp.expose_app_in_browser=True"],
        env=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        await_server(address)
        # The kernel is started before the page is opened, which then never asks which one it should be.
        session = {"path": "look.ipynb", "name": "look.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
        ask = urllib.request.Request(f"{address}/api/sessions", json.dumps(session).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(ask, timeout=120).close()
        yield address, folder
    finally:
        # Its kernels are in its group; nothing here is worth waiting for.
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def await_server(address: str) -> None:
    for _ in range(480):
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=2).close()
            return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(f"JupyterLab did not answer at {address}")


def test_table_and_chart_are_seen(lab: tuple[str, Path]) -> None:
    address, folder = lab
    with sync_playwright() as playwright:
        path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1200, "height": 1600})
        page.goto(f"{address}/lab/tree/look.ipynb?reset", timeout=120_000)
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext !== undefined", timeout=120_000)
        page.evaluate(RUN_ALL)
        table = page.locator(".jp-OutputArea-output table caption", has_text="27 EU member states")
        table.wait_for(timeout=120_000)
        picture = page.locator(".jp-OutputArea-output figure img")
        picture.wait_for(timeout=120_000)
        slow = page.locator(".jp-CodeCell").nth(1)
        assert slow.locator(".jp-OutputArea-output").count() == 0 and "Ctrl-C" not in slow.inner_text()
        assert table.is_visible() and page.locator(".jp-OutputArea-output details summary", has_text="more rows").is_visible()
        assert "27 member states" in (picture.get_attribute("alt") or "")
        size = picture.evaluate("i => [i.complete, i.naturalWidth, i.getBoundingClientRect().width]")
        assert size[0] and size[1] >= 600 and size[2] >= 400
        page.screenshot(path=os.environ.get("LAB_PICTURE", str(folder / "lab.png")))
        browser.close()


def test_an_untrusted_notebook_keeps_the_picture_and_its_words(lab: tuple[str, Path]) -> None:
    # The sanitiser of JupyterLab keeps figure, img, alt and data addresses; a notebook from elsewhere is not trusted.
    import undeb as ub

    address, folder = lab
    chart = ub.Plan.read("eu-80").assess().chart("gap")
    book = notebook()
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": chart._repr_html_(), "text/plain": repr(chart)}}]
    book["cells"] = [{"cell_type": "code", "id": "x", "metadata": {}, "source": "", "execution_count": None, "outputs": outputs}]
    (folder / "untrusted.ipynb").write_text(json.dumps(book))
    with sync_playwright() as playwright:
        path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"{address}/lab/tree/untrusted.ipynb?reset", timeout=120_000)
        picture = page.locator(".jp-OutputArea-output figure img")
        picture.wait_for(timeout=120_000)
        assert picture.get_attribute("alt") == chart.describe() and picture.evaluate("i => i.naturalWidth") >= 600
        browser.close()
