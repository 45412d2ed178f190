"""Type checkers pass in strict mode: the package's face, and the code of the notebooks as a reader would write it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT


def pyright(folder: Path, settings: dict[str, object]) -> list[str]:
    (folder / "pyrightconfig.json").write_text(json.dumps({"pythonVersion": "3.10", "typeCheckingMode": "strict", **settings}))
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(folder)],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] > 0, done.stderr
    return [f"{d['file']}:{d['range']['start']['line'] + 1}: {d['message']}" for d in report["generalDiagnostics"]]


def test_the_face_is_strict(tmp_path: Path) -> None:
    import undeb

    # Libraries without types of their own are no fault of ours; what is private is shared among our modules.
    quiet = dict.fromkeys(["reportMissingTypeStubs", "reportMissingModuleSource", "reportPrivateUsage"], "none")
    shutil.copytree(Path(undeb.__file__).parent, tmp_path / "undeb", ignore=shutil.ignore_patterns("*.so", "*.csv"))
    assert pyright(tmp_path, quiet) == []


def test_the_code_of_the_notebooks_is_strict(tmp_path: Path) -> None:
    notebooks = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
    assert len(notebooks) == 4
    for path in notebooks:
        cells = json.loads(path.read_text())["cells"]
        code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
        (tmp_path / (path.stem.replace("-", "_") + ".py")).write_text("\n\n".join(code) + "\n")
    # A cell ends in what it shows.
    assert pyright(tmp_path, {"reportUnusedExpression": "none"}) == []
