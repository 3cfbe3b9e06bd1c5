"""Columns of an entry for a value, as intake would type it."""

from __future__ import annotations

from typing import Any

from pipelines.catalogue.model import Element
from pipelines.catalogue.schemas import element_dtype


def typed(element: Element, value: object) -> dict[str, Any]:
    """The entry columns for a value; None is blank, "x" not applicable."""
    empty = {"value": None, "text": None, "qualifier": None, "note": None}
    if value is None:
        return {**empty, "raw": None, "state": "missing"}
    if value == "x":
        return {**empty, "raw": "x", "state": "not_applicable"}
    if element_dtype(element) != "float64":
        return {**empty, "raw": str(value), "state": "value", "text": str(value)}
    number = float(str(value))
    state = "value" if number else "zero"
    return {**empty, "raw": str(value), "state": state, "value": number, "qualifier": "="}
