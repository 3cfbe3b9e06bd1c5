"""Remembered texts: asked once, long ones never kept, forgotten when told to."""

from pipelines.catalogue.remembering import of_entries
from pipelines.vietnamese import remembering


def test_short_texts_are_asked_once_and_long_ones_each_time():
    asked = []
    said = remembering.of_short_texts(lambda text: asked.append(text) or text.upper())
    short, long = "a", "b" * (remembering.LONGEST + 1)
    assert [said(short), said(short), said(long), said(long)] == ["A", "A", "B" * 161, "B" * 161]
    assert asked == [short, long, long]
    remembering.forget()
    assert said(short) == "A"
    assert asked == [short, long, long, short]


def test_entries_are_told_apart_by_which_they_are_not_by_what_they_say():
    asked = []
    found = of_entries(lambda entry, other: asked.append(entry) or [*entry, *other])
    one, same, other = {"a": 1}, {"a": 1}, {}
    assert found(one, other) is found(one, other)
    assert found(same, other) is not found(one, other)
    assert len(asked) == 2


def test_only_the_last_entries_are_held():
    asked = []
    found = of_entries(lambda entry: asked.append(entry) or len(asked))
    every = [object() for _ in range(70)]
    assert [found(entry) for entry in every] == list(range(1, 71))
    assert found(every[-1]) == 70
    assert found(every[0]) == 71
