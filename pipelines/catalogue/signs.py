"""What may stand in a cell in place of an answer, and what it means.

Belongs here: signs of the catalogue. Does not belong here: how signs are written
(``vietnamese.answers``), what a provider has said of one (``intake.decisions``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from pipelines.catalogue.base import Entry
from pipelines.vietnamese.answers import sign_of

# "ask": it has two meanings, the sender is asked once
SignMeaning = Literal["missing", "not_applicable", "zero", "ask"]


def _as_looked_up(signs: dict[str, SignMeaning]) -> dict[str, SignMeaning]:
    strange = {sign: sign_of(sign) for sign in signs if sign != sign_of(sign)}
    if strange:
        msg = f"signs are looked up as {strange}; write them so"
        raise ValueError(msg)
    return signs


Signs = Annotated[dict[str, SignMeaning], AfterValidator(_as_looked_up)]


class SignTable(Entry):
    """What signs in place of an answer mean in cells of some types, where an element is silent."""

    id: str
    types: list[str]
    signs: Signs
