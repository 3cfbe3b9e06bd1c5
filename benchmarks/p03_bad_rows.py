"""P3: a register in which nearly a third of the rows are bad costs hardly more than a clean one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.p02_registers import PATH, catalogue, sql
from benchmarks.registers import write_apart
from benchmarks.rows import Check, Given, Own, Row, lines_of
from benchmarks.sides import compare

_GOAL, _BAD = 1.5, 0.3


def row(given: Given) -> Row:
    """Clean and bad in turn; what is found beside what SQL counts."""
    rows = given.sized(1_000_000, 10_000_000)
    clean_file = write_apart(given.scratch / "clean.parquet", rows, 0.0)
    bad_file = write_apart(given.scratch / "bad.parquet", rows, _BAD)
    arguments = [str(clean_file), str(bad_file)]
    clean, bad = compare(__name__, ["clean", "bad"], arguments, given.rounds)
    exact = sql(str(bad_file))
    return Row(
        id="P3",
        size=f"{rows:,}".replace(",", ".") + f" rows, {_BAD:.0%} bad beside none",
        checks=(
            Check("ratio", bad.seconds / clean.seconds, _GOAL, "×"),
            Check.holds("violations counted exactly", bad.result["hash"] == exact["hash"]),
            Check.holds("none where there is none", clean.result["violations"] == 0),
        ),
        seconds=bad.seconds,
        cpu_seconds=bad.cpu_seconds,
        peak_mib=bad.peak_mib,
        output=str(bad.result["hash"]),
        fast_path=lines_of(*PATH),
        notes=(
            f"Clean: {clean.seconds:.2f} s, {clean.cpu_seconds:.2f} s of CPU.",
            f"{bad.result['violations']} violations, as DuckDB counts them ({exact['hash']}).",
            "Of each rule the first hundred rows are kept.",
        ),
        own=Own(__name__, "bad", (str(clean_file), str(bad_file))),
    )


def clean(file: str, _: str) -> Mapping[str, object]:
    """The clean register."""
    return catalogue(file)


def bad(_: str, file: str) -> Mapping[str, object]:
    """The bad one."""
    return catalogue(file)


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {"clean": clean, "bad": bad}
