"""Names that have changed: chains end, circles are refused, nothing else is touched."""

import string
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import DATA, load_catalogue
from pipelines.catalogue.migrations import (
    Migrations,
    Rename,
    UnknownCode,
    entry_of_today,
    figure_of_today,
    frame_of_today,
    migration_problems,
    read_migrations,
    resolved,
)

names = st.text(string.ascii_lowercase, min_size=1, max_size=4)
chains = st.lists(names, min_size=2, max_size=8, unique=True)


def chain(*codes: str, kind: str = "element") -> tuple[Rename, ...]:
    """Each code renamed to the next one, a version later."""
    return tuple(
        Rename.model_validate({"kind": kind, "old": old, "new": new, "since": f"0.{n}"})
        for n, (old, new) in enumerate(pairwise(codes), start=2)
    )


@given(chains, st.randoms())
def test_every_name_of_a_chain_leads_to_its_end(codes, random):
    renames = list(chain(*codes))
    random.shuffle(renames)  # the order of the file says nothing
    migrations = resolved(tuple(renames))
    assert {migrations.name("element", code) for code in codes} == {codes[-1]}
    assert migrations.name("indicator", codes[0]) == codes[0], "another kind is another name"


@given(chains)
def test_today_is_today_again(codes):
    migrations = resolved(chain(*codes))
    for code in (*codes, "zzzzz"):
        once = migrations.name("element", code)
        assert migrations.name("element", once) == once


@given(chains, st.data())
def test_a_circle_is_refused(codes, data):
    back = data.draw(st.sampled_from(codes[:-1]))
    closing = Rename(kind="element", old=codes[-1], new=back, since="9.0")
    with pytest.raises(CatalogueError, match="comes back"):
        resolved((*chain(*codes), closing))


@given(chains, names)
def test_a_name_has_one_new_name(codes, other):
    twice = Rename(kind="element", old=codes[0], new=f"{other}x", since="9.0")
    with pytest.raises(CatalogueError, match="twice"):
        resolved((*chain(*codes), twice))


def test_a_name_is_not_renamed_before_it_is_there():
    late, early = chain("a", "b", "c")
    wrong = early.model_copy(update={"since": "0.1"})
    with pytest.raises(CatalogueError, match="before it was there"):
        resolved((late, wrong))


@given(chains, names.filter(lambda code: len(code) == 4))
def test_lines_without_old_names_stay_the_same_object(codes, other):
    migrations = resolved(chain(*(f"{code}_" for code in codes)))
    line = {"event": "decision", "element": other, "rule": None, "about": "papers:2021-H1/draft"}
    assert entry_of_today(line, migrations) is line


def test_a_journal_line_speaks_of_today():
    migrations = resolved(
        (
            *chain("e", "f"),
            *chain("R-A", "R-B", kind="rule"),
            *chain("i", "j", kind="indicator"),
            *chain("good", "better", kind="slot"),
        )
    )
    line = {"event": "decision", "element": "e", "rule": "R-A", "why": "e"}
    assert entry_of_today(line, migrations) == line | {"element": "f", "rule": "R-B"}
    text = {"event": "text", "about": "narrative:good", "text": "good"}
    assert entry_of_today(text, migrations) == text | {"about": "narrative:better"}
    received = {"event": "received", "evidence": {"kind": "Ảnh", "element": "e"}}
    assert entry_of_today(received, migrations)["evidence"] == {"kind": "Ảnh", "element": "f"}
    adjusted = {"event": "adjustment", "figure_id": "2021-H1/i@huyen-mh-1"}
    assert entry_of_today(adjusted, migrations)["figure_id"] == "2021-H1/j@huyen-mh-1"
    assert line["element"] == "e", "the line itself is never edited"


@given(st.text(max_size=12))
def test_what_is_no_figure_stays(text):
    assert figure_of_today(text, resolved(chain("ii", "jj", kind="indicator"))) in {
        text, text.replace("/ii", "/jj", 1)
    }  # fmt: skip


def test_a_frame_has_the_columns_and_codes_of_today():
    column = Rename(kind="column", table="core.t", old="was", new="now", since="0.2")
    migrations = resolved((*chain("e", "f"), column))
    frame = pd.DataFrame({"element": ["e", "x"], "was": [1, 2]})
    told = frame_of_today(frame, "core.t", migrations)
    assert told.to_dict("list") == {"element": ["f", "x"], "now": [1, 2]}
    assert list(frame_of_today(frame, "core.other", migrations).columns) == ["element", "was"]
    assert frame_of_today(frame, "core.t", Migrations()) is frame


def test_an_unknown_code_is_told_with_what_is_near():
    migrations = resolved(chain("meeting", "meetings"))
    assert migrations.known("element", "meeting", ["meetings"]) == "meetings"
    with pytest.raises(UnknownCode, match=r"'meetinks'.*near: meetings"):
        migrations.known("element", "meetinks", ["meetings"])


def read_and_check(folder: Path) -> None:
    """What loading a catalogue does with its list."""
    if problems := migration_problems(load_catalogue(), read_migrations(folder)):
        raise CatalogueError(problems)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{kind: element, old: xa.old, new: xa.nowhere, since: 0.2.0}", "which is not there"),
        (
            "{kind: indicator, old: dn.conference_rate, new: nv.mergers, since: 0.2.0}",
            "still there",
        ),
        ("{kind: column, table: core.none, old: a, new: b, since: 0.2.0}", "no table core.none"),
        ("{kind: column, old: a, new: b, since: 0.2.0}", "a column names its table"),
        ("{kind: element, old: a, new: b, since: soon}", "since"),
        ("{kind: unit, old: a, new: b, since: 0.2.0}", "kind"),
    ],
)
def test_what_the_list_may_not_say(tmp_path: Path, row: str, told: str):
    (tmp_path / "migrations.yaml").write_text(f"- {row}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=told):
        read_and_check(tmp_path)


def test_the_shipped_list_fits_its_catalogue():
    assert migration_problems(load_catalogue(), read_migrations(DATA)) == []
    assert not read_migrations(DATA / "nowhere"), "a catalogue may do without"
