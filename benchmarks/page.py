"""How rows look: on the terminal and in ``docs/benchmarks.md``.

Belongs here: words, tables, markdown. Does not belong here: measuring, keeping (``results``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.profiles import TOP
from benchmarks.results import Machine, Measurement
from benchmarks.rows import GOALS, ROOT, Check, Row, Verdict

PAGE = ROOT / "docs" / "benchmarks.md"
_HEAD = """# Benchmarks

Written by `python -m benchmarks --write` from `benchmarks/results.json`; do not edit. Each row runs
our side and its peers in turn, each in a process of its own, and takes medians; process start and
imports are not in the times, peak memory is that of a process and its workers together, pages they
share counted once. Small rows have sizes at which all of them take minutes: fixed costs weigh more
there, and only full rows judge a goal.

A row measured later replaces the same row at the same size, so each has its own day, commit and
machine; a `+` behind a commit means that the code had changes not committed. Only ratios inside one
row hold: other rows may have been measured on a busier machine.

    make bench                                            # all rows, small
    .venv/bin/python -m benchmarks --full --write         # the sizes of the goals, kept here
    .venv/bin/python -m benchmarks P1 P8 --full --write   # the same for some rows
    .venv/bin/python -m benchmarks P1 --profile           # and where our side spends its time
"""
_STAGES = """## Stages in the metadata of a run

Every run under Dagster tells seconds, peak memory and rates of its stages as numbers, which the UI
lists with each materialisation and draws over runs: reading, judging, writing on
`intake/submissions`; evaluating, writing on `eval/indicator_values`; the report, its papers, the
evidence site on their own assets. No table knows a clock, so table hashes do not depend on them.
Memory is that of the process, and of its workers what they do not share, looked at every half
second.

![Stages of the intake](images/ui-giai-doan.png)"""
_FLAME = """## Flame graphs of the intake

`steps.ingest` over 600 workbooks, sampled with py-spy, workers included; width is time, imports and
start are in it (`python -m benchmarks.flame OUT.svg`). Before is the commit 9a8e8fe, after is
{after}. {changed}

![Before](images/flame-ingest-before.svg)

![After](images/flame-ingest-after.svg)"""
_AFTER = "7198ef8"
_CHANGED = (
    "A row that was met before is compared whole instead of scanned again, so that `scan_container`"
    " falls from 27 % to 9 % of all time. Rules on registers without a row cost nothing and tables"
    " are sorted once, so that the one process that judges (`_accept`) has half the samples."
)


def overview(rows: Iterable[Row]) -> list[str]:
    """A line for each row: id, verdict, what was measured, the goal."""
    lines = []
    for row in rows:
        said = measured(row) or " ".join(row.notes)
        lines.append(f"{row.id:<4} {verdict(row):<13} {said}  [goal: {row.goal.text}]")
    return lines


def details(row: Row) -> str:
    """A row with its peers, hashes, memory, lines of code, profile, for the terminal."""
    lines = [f"{row.id}  {row.goal.work}", f"    goal      {row.goal.text}"]
    lines += [f"    measured  {measured(row) or 'nothing'}: {verdict(row)}"]
    if row.size:
        lines.append(f"    size      {row.size}")
    lines += [f"    {name}: {', '.join(rest)}" for name, *rest in _sides(row)]
    if row.fast_path:
        lines.append(f"    code      {_code(row)}")
    lines += [f"    {note}" for note in row.notes]
    lines += [f"    {line}" for line in row.profile]
    return "\n".join(lines)


def page(measurements: Sequence[Measurement]) -> str:
    """The results page.

    Args:
        measurements: Kept rows, as ``results.merged`` orders them.
    """
    blocks = [_HEAD.rstrip(), _overview_table(measurements), _machines(measurements), _STAGES]
    if _AFTER:
        blocks.append(_FLAME.format(after=_AFTER, changed=_CHANGED))
    blocks += [_section(each) for each in sorted(measurements, key=_place)]
    return "\n\n".join(blocks) + "\n"


def verdict(row: Row) -> str:
    """Met, missed or not measured, and whether the harder limit is met too."""
    return f"{row.verdict}, stretch" if row.stretched else str(row.verdict)


def measured(row: Row) -> str:
    """The numbers of the goal, each with its limit."""
    return "; ".join(_check(check) for check in row.checks)


def _check(check: Check) -> str:
    if check.at_least and check.limit == 1.0 and not check.unit:
        return f"{check.what}: {'yes' if check.met else 'NO'}"
    unit = f" {check.unit}" if check.unit else ""
    sign = "≥" if check.at_least else "≤"
    return f"{check.what} {_number(check.value)}{unit} ({sign} {_number(check.limit)})"


def _number(value: float) -> str:
    """Three digits that count, whole where there are more."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _sides(row: Row) -> list[list[str]]:
    """Ours, then the peers: name, time, memory, output."""
    sides = []
    if row.seconds is not None:
        spent = f" ({row.cpu_seconds:.2f} s of CPU)" if row.cpu_seconds else ""
        sides.append(["ours", f"{row.seconds:.2f} s{spent}", _mib(row.peak_mib), row.output])
    for peer in row.peers:
        ratio = f" (ours ÷ this {_number(peer.ratio)})" if peer.ratio is not None else ""
        sides.append([peer.name, f"{peer.seconds:.2f} s{ratio}", _mib(peer.peak_mib), peer.output])
    return sides


def _mib(peak: float | None) -> str:
    return "" if peak is None else f"{peak:.0f} MiB"


def _code(row: Row) -> str:
    files = ", ".join(f"{path} {lines}" for path, lines in row.fast_path.items())
    return f"{sum(row.fast_path.values())} lines of code: {files}"


def _place(one: Measurement) -> tuple[int, str, str]:
    return list(GOALS).index(one.row.id), one.module, one.size


def _overview_table(measurements: Sequence[Measurement]) -> str:
    """Each goal at its full size where it was measured there, else small, else not measured."""
    lines = [_cells("Goal", "Work", "To reach", "Measured", "Verdict", "Size", "Day, commit")]
    lines.append(_cells(*["---"] * 7))
    for goal_id, goal in GOALS.items():
        own = [each for each in measurements if each.row.id == goal_id]
        full = {each.module for each in own if each.size == "full"}
        shown = [each for each in own if each.size == "full" or each.module not in full]
        for each in shown:
            row, when = each.row, f"{each.date}, {each.commit}"
            size = f"{each.size}: {row.size}"
            # what is met at a small size says nothing yet of the goal
            told = verdict(row) if each.size == "full" else f"{verdict(row)} at this size"
            said = (measured(row), f"**{told}**", size, when)
            lines.append(_cells(goal_id, goal.work, goal.text, *said))
        if not shown:
            lines.append(_cells(goal_id, goal.work, goal.text, "", "not measured", "", ""))
    return "\n".join(lines)


def _machines(measurements: Sequence[Measurement]) -> str:
    """Every machine with its libraries, once, and which rows were measured on it."""
    lines = ["## Machines and versions"]
    rows: dict[str, list[str]] = {}
    for each in measurements:
        rows.setdefault(_machine(each.machine), []).append(f"{each.row.id} {each.size}")
    for machine, measured_on in rows.items():
        on_it = f" ({', '.join(sorted(set(measured_on)))})" if len(rows) > 1 else ""
        lines.append(f"- {machine}{on_it}")
    return "\n".join([lines[0], "", *lines[1:]])


def _machine(machine: Machine) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in machine.libraries.items())
    memory = f"{machine.memory_gib} GiB"
    return f"{machine.cpu}, {machine.cores} cores, {memory}; Python {machine.python}; {libraries}"


def _section(one: Measurement) -> str:
    row = one.row
    ran = f"{one.rounds} rounds, {one.date}, commit {one.commit or 'unknown'}"
    lines = [f"## {row.id} · `benchmarks/{one.module}.py`, {one.size}", ""]
    lines += [f"{row.goal.work}. To reach: {row.goal.text}.", ""]
    lines += [f"Size: {row.size}; {ran}.", "", f"**{verdict(row)}**: {measured(row)}."]
    sides = _sides(row)
    if sides:
        lines += ["", _cells("Side", "Median", "Peak", "Output"), _cells(*["---"] * 4)]
        lines += [_cells(*side) for side in sides]
    if row.fast_path:
        lines += ["", f"Fast path: {_code(row)}."]
    for note in row.notes:
        lines += ["", note]
    if row.profile:
        lines += ["", f"Top {TOP} functions of our side (alone, with callees):", "", "```"]
        lines += [*row.profile, "```"]
    if row.verdict is Verdict.MISSED and (row.proposal or row.far_off):
        lines += ["", f"Proposal: {row.proposal or 'not written yet.'}"]
    return "\n".join(lines)


def _cells(*values: str) -> str:
    return "| " + " | ".join(value.replace("|", "\\|") for value in values) + " |"
