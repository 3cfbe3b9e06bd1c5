"""States between two: the first with the changes of the second taken over leg by leg.

Belongs here: which leg a changed fact, line or file belongs to, the input after each leg, a root
with it. Does not belong here: where states lie (``states``), figures (``what_changed``).
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.catalogue.load import catalogue_hash
from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.legs import LEGS
from pipelines.intake.decisions import is_meaning
from pipelines.intake.journal import Entry, encode
from pipelines.intake.receipts import places
from pipelines.orchestration.states import Entries, Held, State
from pipelines.orchestration.steps import journal_path

BOUNDARY, CATALOGUE, CORRECTIONS, RESUBMISSIONS, NEW_REPORTS = LEGS
# facts about units; everything else in raw/reference says what is asked, like the catalogue
UNIT_FACTS = ("unit_groups.csv", "unit_names.csv", "unit_successions.csv", "units.csv")
_COUNTS = frozenset({"received", "correction", "decision"})


@dataclass(frozen=True)
class Line:
    """A journal line of one of two states or of both.

    Attributes:
        entry: The line.
        leg: The leg with which it comes or goes; None where both have it, or it moves no figure.
        is_new: Whether only the second state has it.
        is_gone: Whether only the first one has it.
    """

    entry: Entry
    leg: str | None
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class Known:
    """What a state has received: (provider, form) and the places of files, by state."""

    reports: frozenset[tuple[str, str]]
    paths: frozenset[str]
    forms: Mapping[str, str]


def known_of(state: State, submissions: pd.DataFrame) -> Known:
    """What a state has received.

    Args:
        state: The state.
        submissions: ``intake.submissions`` of it: submission_id, provider, form.
    """
    read = submissions.dropna(subset=["form"])
    columns = (read[name].astype("str") for name in ("submission_id", "provider", "form"))
    rows = list(zip(*columns, strict=True))
    lies = [path for entries in state.journals.values() for path in places(entries).values()]
    return Known(
        reports=frozenset((provider, form) for _, provider, form in rows),
        paths=frozenset(lies),
        forms={submission_id: form for submission_id, _, form in rows},
    )


def lines_between(before: Entries, after: Entries, known: tuple[Known, Known]) -> list[Line]:
    """The lines of two journals of one period, each with its leg, in an order that keeps both.

    Args:
        before: Entries of the first state.
        after: Entries of the second.
        known: What each state has received.
    """
    texts = [[_text(entry) for entry in entries] for entries in (before, after)]
    same = next(
        (n for n, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts))
    )
    lines = [Line(dict(entry), None) for entry in before[:same]]
    matcher = difflib.SequenceMatcher(None, texts[0][same:], texts[1][same:], autojunk=False)
    for tag, first, last, begin, end in matcher.get_opcodes():
        if tag == "equal":
            lines += [Line(dict(e), None) for e in before[same + first : same + last]]
            continue
        for entry in before[same + first : same + last]:
            lines.append(Line(dict(entry), _leg_of(entry, known[0], known[1]), is_gone=True))
        for entry in after[same + begin : same + end]:
            lines.append(Line(dict(entry), _leg_of(entry, known[1], known[0]), is_new=True))
    return lines


def _text(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True)


def _leg_of(entry: Mapping[str, Any], own: Known, other: Known) -> str | None:
    """The leg of a line that one state has and the other has not."""
    event = entry.get("event")
    if event in {"correction", "decision"}:
        return CORRECTIONS
    if event != "received":
        return None
    name = str(entry["submission_id"])
    report = (name.split("/")[1], own.forms.get(name, ""))
    again = report in other.reports or str(entry["path"]) in other.paths
    return RESUBMISSIONS if again else NEW_REPORTS


@dataclass(frozen=True)
class Hybrid:
    """Inputs of a period after some legs.

    Attributes:
        catalogue: What is measured.
        facts: Files of ``raw/reference`` by name.
        journals: Entries by period.
        files: What lies at the places of received files.
    """

    catalogue: Catalogue
    facts: Mapping[str, bytes]
    journals: Mapping[str, Entries]
    files: Mapping[str, Held]

    def needs(self, leaves: Sequence[str]) -> list[str]:
        """The periods whose files count for the figures of a period.

        Earlier ones only where a file went back for what a rule said of it over time.

        Args:
            leaves: The periods with files of their own that the period stands on.
        """
        own = [entry for key in leaves for entry in self.journals.get(key, ())]
        back = any(e.get("event") == "decision" and e.get("action") == "return" for e in own)
        return sorted({*self.journals, *leaves}) if back else list(leaves)

    def key(self, leaves: Sequence[str]) -> str:
        """Equal for inputs that give the same figures.

        Args:
            leaves: What ``needs`` gives. Of other periods only what is said of signs counts.
        """
        lines = {
            key: [entry for entry in entries if _counts(entry, own=key in leaves)]
            for key, entries in self.journals.items()
        }
        said = {
            "catalogue": catalogue_hash(self.catalogue),
            "facts": {name: hashlib.sha256(data).hexdigest() for name, data in self.facts.items()},
            "lines": {key: entries for key, entries in lines.items() if entries},
            "files": {path: held.sha256 for path, held in self._placed(leaves)},
        }
        return hashlib.sha256(_text(said).encode()).hexdigest()

    def write_facts(self, root: Path) -> None:
        """Lay the facts out below a root."""
        reference = root / "raw" / "reference"
        reference.mkdir(parents=True)
        for name, data in self.facts.items():
            (reference / name).write_bytes(data)

    def write(self, root: Path, leaves: Sequence[str]) -> None:
        """Lay the inputs out below a root; bytes are linked where that is possible.

        Args:
            root: An empty folder.
            leaves: Periods whose files are wanted.
        """
        self.write_facts(root)
        for period, entries in self.journals.items():
            path = journal_path(root, period)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{encode(entry)}\n" for entry in entries), encoding="utf-8")
        for path, held in self._placed(leaves):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            _place(held.lies_at, root / path)

    def _placed(self, leaves: Sequence[str]) -> Iterator[tuple[str, Held]]:
        lies = {path for key in leaves for path in places(self.journals.get(key, ())).values()}
        return ((path, self.files[path]) for path in sorted(lies & set(self.files)))


def _counts(entry: Mapping[str, Any], *, own: bool) -> bool:
    return entry.get("event") in _COUNTS if own else is_meaning(entry)


def _place(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def hybrids(before: State, after: State, known: tuple[Known, Known]) -> list[Hybrid]:
    """The inputs before, after each leg, and so at last of the second state.

    Args:
        before: The first state.
        after: The second one.
        known: What each has received.
    """
    lines = {
        key: lines_between(before.journals.get(key, ()), after.journals.get(key, ()), known)
        for key in sorted({*before.journals, *after.journals})
    }
    return [_after(before, after, lines, LEGS[:place]) for place in range(len(LEGS) + 1)]


def whole(state: State) -> Hybrid:
    """A state by itself."""
    return Hybrid(state.catalogue, state.facts, state.journals, state.files)


def _after(
    before: State, after: State, lines: Mapping[str, list[Line]], done: Sequence[str]
) -> Hybrid:
    if not done:
        return whole(before)
    if len(done) == len(LEGS):
        return whole(after)
    journals = {
        key: [line.entry for line in own if _stands(line, done)] for key, own in lines.items()
    }
    return Hybrid(
        catalogue=after.catalogue if CATALOGUE in done else _with_populations(before, after),
        facts=after.facts if CATALOGUE in done else _with_units(before, after),
        journals=journals,
        files=_files(before, after, journals, late=RESUBMISSIONS in done),
    )


def _stands(line: Line, done: Sequence[str]) -> bool:
    if line.is_new:
        return line.leg in done
    return not (line.is_gone and line.leg in done)


def _with_populations(before: State, after: State) -> Catalogue:
    """The first catalogue with the second one's populations: who counts is a boundary, too."""
    old, new = before.catalogue.populations, after.catalogue.populations
    taken = old | new
    return (
        before.catalogue
        if taken == old
        else before.catalogue.model_copy(update={"populations": taken})
    )


def _with_units(before: State, after: State) -> dict[str, bytes]:
    rest = {name: data for name, data in before.facts.items() if name not in UNIT_FACTS}
    return rest | {name: data for name, data in after.facts.items() if name in UNIT_FACTS}


def _files(
    before: State, after: State, journals: Mapping[str, Entries], *, late: bool
) -> dict[str, Held]:
    """What lies at each place: bytes that a receipt of these journals names.

    They are the first state's until resubmissions are taken over, which may lie in their place.
    """
    named: dict[str, set[str]] = {}
    for entries in journals.values():
        lies = places(entries)
        for entry in entries:
            if entry.get("event") == "received":
                path = lies[str(entry["submission_id"])]
                named.setdefault(path, set()).add(str(entry["sha256"]))
    known = {path for entries in after.journals.values() for path in places(entries).values()}
    found = {}
    for path, hashes in named.items():
        order = (before, after) if not late else (after,) if path in known else (before,)
        held = [state.files[path] for state in order if path in state.files]
        fitting = [each for each in held if each.sha256 in hashes]
        if fitting:
            found[path] = fitting[0]
    return found
