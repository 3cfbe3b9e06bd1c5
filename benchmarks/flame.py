"""Flame graphs of ``steps.ingest``: ``python -m benchmarks.flame OUT.svg [--code FOLDER]``.

Belongs here: drawing one over made-up workbooks, for this code or a clone of an earlier commit, and
taking out what belongs to the machine. Does not belong here: top functions (``profiles``).
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.rows import ROOT
from benchmarks.workload import PERIOD, build_root

_WORKBOOKS, _RATE = 600, 100
_SMALLEST = 0.4  # per cent of the width: narrower frames cannot be read
_WORK = """
import sys
from pathlib import Path
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import steps
if __name__ == "__main__":
    steps.ingest(Path(sys.argv[1]), load_catalogue(), sys.argv[2])
"""
# py-spy names a process by its command line, and takes the semicolon in it for two frames
_COMMAND = re.compile(
    r"(<title>|<text [^>]*>)(?:process \d+:&quot;| main\(\d+, ).*?(?= \([\d,]+ samples|</text>)"
)
_FRAME = re.compile(r"<g><title>[^<]*?([\d.]+)%\)</title>.*?</g>", re.DOTALL)
_TITLE = re.compile(r'(<text id="title"[^>]*>)[^<]*')
_ENVIRONMENT = re.compile(r"[^\s<>()]*/(?:site-packages|lib/python3\.\d+)/")


def main() -> None:
    """Build the workbooks, sample one run, write the graph."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flame")
    parser.add_argument("out", type=Path)
    parser.add_argument("--code", type=Path, default=ROOT, help="folder of the pipelines to draw")
    parser.add_argument("--workbooks", type=int, default=_WORKBOOKS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "project").mkdir()
        build_root(root / "project", given.workbooks)
        (root / "ingest.py").write_text(_WORK, encoding="utf-8")
        spy = [str(Path(sys.executable).with_name("py-spy")), "record", "--subprocesses"]
        spy += ["--function", "--rate", str(_RATE), "--format", "flamegraph"]
        spy += ["--output", str(root / "out.svg"), "--", sys.executable, str(root / "ingest.py")]
        code = given.code.resolve()
        subprocess.run(
            [*spy, str(root / "project"), PERIOD],
            check=True,
            cwd=code,
            env=os.environ | {"PYTHONPATH": str(code)},
        )
        drawn = (root / "out.svg").read_text(encoding="utf-8")
    title = f"steps.ingest, {given.workbooks} workbooks, all processes"
    given.out.write_text(cleaned(drawn, code, title), encoding="utf-8")


def cleaned(svg: str, code: Path, title: str) -> str:
    """The graph without process numbers, command lines, folders of the machine, specks.

    Args:
        svg: As py-spy draws it.
        code: Folder of the pipelines.
        title: In the place of py-spy's command line.
    """
    plain = _COMMAND.sub(lambda found: f"{found[1]}process", svg).replace(f"{code}/", "")
    plain = _TITLE.sub(lambda found: found[1] + title, _ENVIRONMENT.sub("", plain))
    return _FRAME.sub(lambda found: found[0] if float(found[1]) >= _SMALLEST else "", plain)


if __name__ == "__main__":
    main()
