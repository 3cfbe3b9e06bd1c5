"""Runs ``qcdc check`` on the files of a case and says what differs from its expectation."""

import contextlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines import cli
from tests.cases.building import ROOT, build

TABLE = Path(__file__).with_name("table.yaml")
_ROW_KEYS = ("value", "text", "state", "qualifier", "proposed", "raw", "note")


def cases() -> list[dict[str, Any]]:
    """All rows of the table."""
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


def write_files(case: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the files of a case; a file with a ``folder`` lies below a project's root."""
    paths = []
    for spec in case.get("files") or [case["file"]]:
        name, data = build(case["case"], spec)
        path = folder / spec.get("folder", "") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        paths.append(path)
    return paths


def project_at(folder: Path) -> None:
    """What ``qcdc`` needs to run in a folder."""
    (folder / "workspace.yaml").write_text("", encoding="utf-8")
    (folder / "raw").mkdir(exist_ok=True)
    reference = folder / "raw" / "reference"
    if not reference.exists():
        reference.symlink_to(ROOT / "raw" / "reference")


def ask(paths: list[Path]) -> tuple[int, dict[str, Any]]:
    """Exit code and document of ``qcdc check --json``."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            cli.main(["check", *map(str, paths), "--json"])
        except SystemExit as ended:
            code = int(ended.code or 0)
        else:
            code = 0
    return code, json.loads(out.getvalue())


def differences(case: Mapping[str, Any], code: int, document: Mapping[str, Any]) -> list[str]:
    """What the answer has otherwise than the case expects; empty when all agrees."""
    expected = case["expect"]
    wanted = expected if isinstance(expected, list) else [expected]
    found = []
    for want, file in zip(wanted, document["files"], strict=True):
        if "exit" in want and want["exit"] != code:
            found.append(f"exit {code}, expected {want['exit']}")
        found += _taken(want, file) + _rows(want, file) + _finds(want, file) + _words(want, file)
        for name, rows in want.get("registers", {}).items():
            there = len(file.get("registers", {}).get(name, []))
            if there != rows:
                found.append(f"register {name}: {there} rows, expected {rows}")
    return found


def _taken(want: Mapping[str, Any], file: Mapping[str, Any]) -> list[str]:
    code = (file["problem"] or {}).get("code")
    wrong = [
        f"{key} {file[key]!r}, expected {value!r}"
        for key, value in want.get("taken", {}).items()
        if file[key] != value
    ]
    if code != want.get("problem"):
        wrong.append(f"problem {code}, expected {want.get('problem')}")
    return wrong


def _rows(want: Mapping[str, Any], file: Mapping[str, Any]) -> list[str]:
    wrong = []
    for element, value in want.get("rows", {}).items():
        said = value if isinstance(value, Mapping) else {"value": value}
        unit = said.get("unit")
        rows = [
            r
            for r in file.get("rows", [])
            if r["element"] == element and unit in {None, r["unit_id"]}
        ]
        if len(rows) != 1:
            wrong.append(f"{element}: {len(rows)} rows")
            continue
        held = {(q["sheet"], q["cell"]): q["proposed"] for q in file["quarantine"]}
        row = rows[0] | {"proposed": held.get((rows[0]["sheet"], rows[0]["cell"]))}
        wrong += [
            f"{element}.{key} {row[key]!r}, expected {said[key]!r}"
            for key in _ROW_KEYS
            if key in said and row[key] != said[key]
        ]
    return wrong


def _finds(want: Mapping[str, Any], file: Mapping[str, Any]) -> list[str]:
    if "finds" not in want:
        return []
    left = list(file["findings"])
    wrong = []
    for wanted in want["finds"]:
        rule, _, at = wanted.partition("@")
        hit = next((f for f in left if f["rule"] == rule and _stands_at(f, at)), None)
        if hit is None:
            wrong.append(f"no finding {wanted}")
        else:
            left.remove(hit)
    return wrong + [f"finding {f['rule']} at {f['sheet']}!{f['cell']}: {f['found']}" for f in left]


def _stands_at(finding: Mapping[str, Any], at: str) -> bool:
    if "!" in at:
        return f"{finding['sheet']}!{finding['cell']}" == at
    return not at or finding["element"] == at


def _words(want: Mapping[str, Any], file: Mapping[str, Any]) -> list[str]:
    spoken = json.dumps(
        [file["findings"], file.get("notes"), file["problem"], file.get("quarantine")],
        ensure_ascii=False,
    )
    everything = json.dumps(file, ensure_ascii=False)
    missing = [f"does not say {text!r}" for text in want.get("says", []) if text not in spoken]
    return missing + [f"says {t!r}" for t in want.get("unsaid", []) if t in everything]
