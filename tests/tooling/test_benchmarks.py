"""The frame of the benchmarks: verdicts, row modules, kept results, the page. No timing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import finding
from benchmarks.flame import cleaned
from benchmarks.page import PAGE, details, overview, page
from benchmarks.profiles import ranked
from benchmarks.results import Machine, Measurement, load, merged, save
from benchmarks.rows import GOALS, Check, Peer, Row, Verdict, lines_of, not_measured
from benchmarks.sides import compare

_MACHINE = Machine("a processor", 2, 8.0, "3.11.7", {"pandas": "3.1.1"})
_ROW_MODULE = '''
"""A row for tests."""
from benchmarks.rows import Check, Given, Own, Row

def row(given: Given) -> Row:
    (given.scratch / "x").write_text("")
    own = Own(__name__, "any", (str(given.scratch),))
    return Row("P3", f"{given.sized(1, 2)} rows", (Check("ratio", 1.25, 1.5, "×"),), own=own)
'''


def _row(*checks: Check, **others: object) -> Row:
    return Row(id="P1", size="3 workbooks", checks=checks, **others)  # type: ignore[arg-type] # as named


def _kept(module: str, size: str, row: Row) -> Measurement:
    return Measurement(module, size, row, "2026-11-25", "abc1234", 5, _MACHINE)  # type: ignore[arg-type] # "small" or "full"


@pytest.mark.parametrize(
    ("checks", "verdict", "far", "stretch"),
    [
        ([], Verdict.NOT_MEASURED, False, False),
        ([Check("r", 2.5, 2.5)], Verdict.MET, False, False),
        ([Check("r", 2.5, 2.5, stretch=1.5)], Verdict.MET, False, False),
        ([Check("r", 1.5, 2.5, stretch=1.5), Check("p", 2, 3)], Verdict.MET, False, True),
        ([Check("r", 1, 2.5), Check("p", 4, 3)], Verdict.MISSED, False, False),
        ([Check("r", 5.1, 2.5)], Verdict.MISSED, True, False),
        ([Check("rate", 19, 20, at_least=True)], Verdict.MISSED, False, False),
        ([Check("rate", 9, 20, at_least=True)], Verdict.MISSED, True, False),
        ([Check("rate", 0, 20, at_least=True)], Verdict.MISSED, True, False),
        ([Check.holds("same hashes", True)], Verdict.MET, False, False),
        ([Check.holds("same hashes", False)], Verdict.MISSED, True, False),
    ],
)
def test_verdict(checks, verdict, far, stretch):
    row = _row(*checks)
    assert (row.verdict, row.far_off, row.stretched) == (verdict, far, stretch)


def test_lines_of_code_leave_out_what_only_explains(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.rows.ROOT", tmp_path)
    source = (
        '"""Told\n\ntwice."""\n\n# why\ndef f():\n    """Told."""\n'
        '    x = """a\n    b"""\n    return (\n        x\n    )  # so\n'
    )
    (tmp_path / "a.py").write_text(source)
    assert lines_of("a.py") == {"a.py": 6}


def test_every_goal_is_looked_for_and_modules_are_found_by_name(tmp_path):
    for name in (
        "p03_x.py",
        "p10_y.py",
        "p10_z.py",
        "p09_pages.py",
        "y_years.py",
        "sides.py",
        "q01_no.py",
    ):
        (tmp_path / name).write_text("")
    found = finding.modules(tmp_path)
    assert list(found) == list(GOALS)
    assert {goal: names for goal, names in found.items() if names} == {
        "P3": ["p03_x"],
        "P9-pages": ["p09_pages"],
        "P10": ["p10_y", "p10_z"],
        "Y": ["y_years"],
    }


def test_a_row_is_measured_in_a_process_and_a_failing_one_is_not_measured(tmp_path, monkeypatch):
    package = tmp_path / "rows_of_a_test"
    package.mkdir()
    (package / "p03_good.py").write_text(_ROW_MODULE)
    (package / "p04_bad.py").write_text('raise SystemExit("no")')
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(command.__file__).parents[1]}")
    good = finding.measure("P3", "p03_good", ["--full", "--rounds", "1"], package.name)
    bad = finding.measure("P4", "p04_bad", [], package.name)
    assert (good.verdict, good.size, good.checks[0].value) == (Verdict.MET, "2 rows", 1.25)
    assert good.own is None  # its scratch folder is gone
    assert (bad.id, bad.verdict) == ("P4", Verdict.NOT_MEASURED)
    assert "exit code 1" in bad.notes[0]


def test_sides_run_in_turn_in_processes_of_their_own(tmp_path, monkeypatch):
    (tmp_path / "sides_of_a_test.py").write_text(
        "import os\n"
        "from pathlib import Path\n"
        "def note(path):\n"
        "    with open(path, 'a') as out: out.write(f'{os.getpid()}\\n')\n"
        "    print('more than a pipe holds ' * 10_000)\n"
        "    return {'n': len(Path(path).read_text().split())}\n"
        "SIDES = {'one': note, 'two': note}\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(command.__file__).parents[1]}")
    one, two = compare("sides_of_a_test", ["one", "two"], [str(tmp_path / "notes")], 2)
    assert (one.result, two.result) == ({"n": 3}, {"n": 4})
    assert len(set((tmp_path / "notes").read_text().split())) == 4
    assert one.peak_mib > 0


def test_a_later_row_takes_the_place_of_the_same_row_at_the_same_size(tmp_path):
    old = [
        _kept("p01_intake", "small", _row(Check("r", 9, 2.5))),
        _kept("p02_x", "full", _row(Check("r", 9, 2.5))),
    ]
    new = [_kept("p01_intake", "small", _row(Check("r", 1, 2.5), profile=("1 % f",)))]
    new.append(_kept("p01_intake", "full", _row(Check("r", 2, 2.5))))
    together = merged(old, new)
    assert [(m.module, m.size, m.row.checks[0].value) for m in together] == [
        ("p01_intake", "full", 2),
        ("p01_intake", "small", 1),
        ("p02_x", "full", 9),
    ]
    save(together, tmp_path / "kept.json")
    assert load(tmp_path / "kept.json") == together
    assert load(tmp_path / "none.json") == []


def test_page_says_goal_measured_verdict_peers_and_what_missing_costs():
    row = _row(
        Check("ratio", 9.0, 2.5, "×", stretch=1.5),
        seconds=9.0,
        peers=(Peer("other | tool", 1.0, "no hash: counts only"),),
        output="cafe",
        fast_path={"a.py": 10, "b.py": 5},
        proposal="read less.",
        profile=(" 50.0 %  90.0 % f (a.py)",),
    )
    text = page([_kept("p01_intake", "small", row)])
    for said in (
        "ratio 9 × (≤ 2.5)",
        "**missed**",
        "| other \\| tool | 1.00 s |  | no hash: counts only |",
        "| ours | 9.00 s |  | cafe |",
        "15 lines of code: a.py 10, b.py 5",
        "Proposal: read less.",
        "90.0 % f (a.py)",
        "a processor, 2 cores, 8.0 GiB; Python 3.11.7; pandas 3.1.1",
        "| P12 | warehouse bytes ÷ CSV bytes | ≤ 0.15 |  | not measured |",
    ):
        assert said in text, said
    met = page([_kept("p01_intake", "full", _row(Check("r", 1, 2)))])
    assert "Proposal" not in met


def test_page_prefers_the_full_size_in_its_overview():
    small = _kept("p01_intake", "small", _row(Check("r", 1.11, 2.5)))
    full = _kept("p01_intake", "full", _row(Check("r", 2.22, 2.5)))
    overview_of_page = page([full, small]).partition("## ")[0]
    assert "2.22" in overview_of_page
    assert "1.11" not in overview_of_page


def test_terminal_says_why_nothing_was_measured():
    row = not_measured("P7", "no module")
    assert overview([row])[0].startswith("P7   not measured  no module")
    assert "no module" in details(row)


def test_exit_code_tells_what_was_not_measured(monkeypatch, capsys):
    rows = {"p01_a": _row(Check("r", 9, 2.5))}
    monkeypatch.setattr(command.finding, "modules", lambda: {"P1": ["p01_a"], "P2": []})
    monkeypatch.setattr(command.finding, "measure", lambda _goal, module, _options: rows[module])
    assert command.main(["P1"]) == 0  # missed, but measured
    assert command.main([]) == 1
    said = capsys.readouterr().out
    assert "missed" in said
    assert "no benchmarks/p02_*.py" in said


def test_write_keeps_what_was_measured_and_nothing_else(monkeypatch, tmp_path):
    results, written = tmp_path / "results.json", tmp_path / "page.md"
    rows = {"p01_a": _row(Check("r", 1, 2.5)), "p02_b": not_measured("P2", "failed")}
    monkeypatch.setattr(command, "load", lambda: load(results))
    monkeypatch.setattr(command, "save", lambda kept: save(kept, results))
    monkeypatch.setattr(command, "PAGE", written)
    monkeypatch.setattr(command.finding, "modules", lambda: {"P1": ["p01_a"], "P2": ["p02_b"]})
    monkeypatch.setattr(command.finding, "measure", lambda _goal, module, _options: rows[module])
    command.main(["--write", "--date", "2026-01-02", "--full"])
    kept = json.loads(results.read_bytes())
    assert [(m["module"], m["size"], m["date"]) for m in kept] == [("p01_a", "full", "2026-01-02")]
    assert "2026-01-02" in written.read_text(encoding="utf-8")


def test_committed_page_is_made_of_the_committed_results():
    assert PAGE.read_text(encoding="utf-8") == page(load())


def test_profile_names_no_path_of_the_machine():
    root = Path(command.__file__).parents[1]
    stacks = [
        f'process 1:"{root}/python -c import x; y";main ({root}/a.py);f ({root}/pipelines/x.py) 6',
        f"main ({root}/a.py);f ({root}/pipelines/x.py);g (/v/lib/site-packages/lib/y.py) 4",
        f'process 1:"{root}/x" 90',
    ]
    assert ranked(stacks, 10) == (
        " 60.0 % 100.0 % f (pipelines/x.py)",
        " 40.0 %  40.0 % g (lib/y.py)",
    )


def test_a_flame_graph_has_nothing_of_the_machine_and_no_specks():
    def frame(name, per_cent):
        return f'<g><title>{name} (1,2 samples, {per_cent}%)</title><text x="1">{name}</text></g>'

    code = Path("/somewhere/code")
    drawn = "".join((
        '<text id="title" x="1">py-spy record /somewhere/else</text>',
        frame("process 7:&quot;/somewhere/python -m x&quot;", "100.00"),
        frame(" main(3, 5, [&apos;/somewhere/code&apos;])&quot;", "90.00"),
        frame("read (/somewhere/code/pipelines/a.py:3)", "50.00"),
        frame("parse (/somewhere/lib/python3.11/site-packages/lib/b.py:1)", "0.50"),
        frame("speck (c.py:1)", "0.30"),
    ))  # fmt: skip
    plain = cleaned(drawn, code, "a title")
    assert "somewhere" not in plain
    assert "speck" not in plain
    for said in ("a title", "read (pipelines/a.py:3)", "parse (lib/b.py:1)", "90.00%"):
        assert said in plain, said


def test_flame_graphs_of_the_page_are_small_and_say_no_path():
    for name in ("before", "after"):
        path = PAGE.parent / "images" / f"flame-ingest-{name}.svg"
        assert path.stat().st_size < 400_000
        frames = re.findall("<title>(.*?)</title>", path.read_text(encoding="utf-8"))
        assert len(frames) > 100
        assert not [frame for frame in frames if re.search(r"(^|[ (;'])/\w", frame)]
