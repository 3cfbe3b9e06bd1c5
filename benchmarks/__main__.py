"""``make bench``: ratios side by side. A timing is never an assertion of the tests.

Belongs here: which rows are run and how they are printed. Does not belong here: the work.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import tempfile
from pathlib import Path

from benchmarks import p1_intake, p2_years, p9_pages
from benchmarks.sides import compare
from benchmarks.workload import build_root

_GOAL, _PROFILED, _LINES = 2.5, 20, 18
_ROWS, _TEN_YEARS = ["intake", "years", "site"], 12
_PAGES_A_SECOND = 20


def main() -> None:
    """Run the rows and print them."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[[], *_ROWS], help="default: all rows")
    parser.add_argument("--workbooks", type=int, default=200, help="size of P1 (full: 10600)")
    parser.add_argument("--units", type=int, default=386, help="size of the evidence site")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-profile", action="store_true")
    given = parser.parse_args()
    rows = given.rows or _ROWS
    if "intake" in rows:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            build_root(root, given.workbooks)
            _p1(root, given.workbooks, given.rounds)
    if "years" in rows:
        with tempfile.TemporaryDirectory() as folder:
            p2_years.build_root(Path(folder))
            _p2(folder, given.rounds)
    if "site" in rows:
        with tempfile.TemporaryDirectory() as folder:
            p9_pages.build_root(Path(folder), given.units)
            _p9(folder, given.units, given.rounds)
    if "intake" in rows and not given.no_profile:
        with tempfile.TemporaryDirectory() as folder:
            build_root(Path(folder), _PROFILED)
            _profile(folder)


def _p1(root: Path, workbooks: int, rounds: int) -> None:
    peer, ours = compare("benchmarks.p1_intake", ["peer", "pipeline"], [str(root)], rounds)
    print(f"P1  {workbooks} workbooks, raw file -> committed tables; {rounds} rounds in turn")
    print(f"    peer, parse only (fastexcel, {p1_intake.THREADS} threads): {peer.seconds:8.2f} s")
    print(f"    pipeline: {ours.seconds:8.2f} s, peak {ours.peak_mib:.0f} MiB, {ours.result}")
    print(f"    ratio {ours.seconds / peer.seconds:.1f} (goal {_GOAL}); outputs differ by purpose:")
    print("    the peer keeps row counts only, the pipeline commits tables")


def _p2(folder: str, rounds: int) -> None:
    one, ten = compare("benchmarks.p2_years", ["one", "ten"], [folder], rounds)
    print(f"P2  halves, years and reviews, raw file -> committed tables; {rounds} rounds in turn")
    print(f"    one year (3 periods): {one.seconds:8.2f} s, peak {one.peak_mib:.0f} MiB")
    print(f"    ten years (32 periods): {ten.seconds:8.2f} s, peak {ten.peak_mib:.0f} MiB")
    print(f"    ratio {ten.seconds / one.seconds:.1f} (goal {_TEN_YEARS}); {ten.result}")


def _p9(folder: str, units: int, rounds: int) -> None:
    fresh, again = compare("benchmarks.p9_pages", ["fresh", "again"], [folder], rounds)
    pages = int(str(fresh.result["pages"]))
    print(f"P9  evidence site of {units} units, {pages} pages; {rounds} rounds in turn")
    for name, side in (("written", fresh), ("nothing new", again)):
        rate = pages / side.seconds
        print(f"    {name}: {side.seconds:.2f} s, {rate:.0f} pages/s (goal {_PAGES_A_SECOND}),")
        print(f"    peak {side.peak_mib:.0f} MiB, {side.result}")


def _profile(folder: str) -> None:
    """Where the pipeline's reading spends its time, in one process."""
    profile = cProfile.Profile()
    profile.runcall(p1_intake.read_only, folder)
    out = io.StringIO()
    pstats.Stats(profile, stream=out).sort_stats("cumulative").print_stats("pipelines", _LINES)
    print(f"    profile of reading {_PROFILED} workbooks in one process (cumulative):")
    for line in out.getvalue().splitlines()[8:]:
        print(f"    {line.replace(str(Path(__file__).parents[1]) + '/', '')}")


if __name__ == "__main__":
    main()
