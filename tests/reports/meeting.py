"""A value that meets what a letter asks for, read from its words alone, as a clerk would."""

import datetime as dt
import random
import re

from pipelines.catalogue.model import Element

NUMBER = r"(-?[\d.]+(?:,\d+)?)"
BOTH = re.compile(rf"từ {NUMBER} đến {NUMBER}")
AT_LEAST = re.compile(rf"từ {NUMBER} trở lên|không dưới {NUMBER}|ít nhất {NUMBER}")
AT_MOST = re.compile(rf"không quá {NUMBER}|đến {NUMBER}|{NUMBER} trở xuống")
EXACTLY = re.compile(rf"bằng {NUMBER}")
FAR = 1_000.0  # how far a clerk goes where only one end is said


def meeting(expected: str, element: Element, pick: random.Random) -> object:
    """A value; None where the words ask for no single value."""
    if element.type == "bool":
        answers = [answer for answer in ("Có", "Không") if answer in expected]
        return pick.choice(answers or ["Có", "Không"])
    if element.type == "date":
        return dt.date(2021, 6, 10)
    if element.options:
        return pick.choice(element.options)
    if element.type == "text":
        return "72/KH-UBND"
    low, high = interval(expected, element)
    # where another named cell matters too, nothing is less than something
    value = low if "đồng thời" in expected else pick.choice([low, high, pick.uniform(low, high)])
    is_whole = element.type in {"count", "money"}
    if "nửa ngày" in expected:
        value = round(2 * value) / 2
    return int(value) if is_whole or float(value).is_integer() else round(value, 2)


def interval(expected: str, element: Element) -> tuple[float, float]:
    """The ends that the words say; an end that they do not say is the element's, or far."""
    low = element.minimum if element.minimum is not None else 0.0
    high = element.maximum if element.maximum is not None else low + FAR
    if found := EXACTLY.search(expected):
        return read(found), read(found)
    if found := BOTH.search(expected):
        return number(found[1]), number(found[2])
    if found := AT_LEAST.search(expected):
        return read(found), max(high, read(found))
    if found := AT_MOST.search(expected):
        return min(low, read(found)), read(found)
    return low, high


def read(found: re.Match[str]) -> float:
    return number(next(text for text in found.groups() if text))


def number(text: str) -> float:
    return float(text.rstrip(".").replace(".", "").replace(",", "."))
