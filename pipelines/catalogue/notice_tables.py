"""pandera schemas of what operations keeps beside the warehouse: notices and contacts.

Belongs here: columns, types and what a row must hold. Does not belong here: contracts of
warehouse tables (``contracts``), how the rows come about (``operations``).
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa_pandera

from pipelines.catalogue.contracts import as_dtype
from pipelines.catalogue.notices import KINDS, load_notices
from pipelines.vietnamese.text import normalise

NOTICE_COLUMNS = (
    "period", "kind", "unit_id", "unit", "form", "round", "recipient", "lead_code", "through",
    "title", "text", "fingerprint", "is_illustrative",
)  # fmt: skip
CONTACT_COLUMNS = ("unit_id", "role", "member_code", "office", "phone", "email", "zalo")
# 8 to 12 digits in groups; a switchboard may have an extension ("máy lẻ 12")
_PHONE = r"^\+?[0-9]{1,4}(?:[ .-]?[0-9]{2,4}){2,4}(?: máy lẻ [0-9]{1,5})?$"
_EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$"


def notice_schema() -> pa_pandera.DataFrameSchema:
    """The table of notices: one row per message, each fingerprint once."""
    longest = load_notices().longest
    text = as_dtype("str")
    columns = {name: pa_pandera.Column(text) for name in NOTICE_COLUMNS}
    columns["kind"] = pa_pandera.Column(text, checks=pa_pandera.Check.isin(KINDS))
    columns["recipient"] = pa_pandera.Column(
        text, checks=pa_pandera.Check.isin(["unit", "lead", "specialist"])
    )
    one_line = pa_pandera.Check(lambda texts: texts.map(normalise) == texts, error="ONE-LINE")
    columns["title"] = pa_pandera.Column(text, checks=one_line)
    columns["text"] = pa_pandera.Column(
        text, checks=[one_line, pa_pandera.Check.str_length(1, longest)]
    )
    columns["fingerprint"] = pa_pandera.Column(
        text, unique=True, checks=pa_pandera.Check.str_matches(r"^[0-9a-f]{16}$")
    )
    columns["is_illustrative"] = pa_pandera.Column(as_dtype("bool"))
    return pa_pandera.DataFrameSchema(columns, strict=True, ordered=True)


def contact_schema() -> pa_pandera.DataFrameSchema:
    """The contact list: offices and positions, never persons.

    Names of checks say what a row breaks; ``operations.contacts`` puts them into words.
    """
    text = as_dtype("str")
    columns = {name: pa_pandera.Column(text) for name in CONTACT_COLUMNS}
    roles = list(load_notices().recipients)
    columns["role"] = pa_pandera.Column(text, checks=pa_pandera.Check.isin(roles, error="ROLE"))
    for name, pattern in (("phone", _PHONE), ("zalo", _PHONE), ("email", _EMAIL)):
        check = pa_pandera.Check.str_matches(f"^$|{pattern}", error=name.upper())
        columns[name] = pa_pandera.Column(text, checks=check)
    once = pa_pandera.Check(
        lambda rows: ~rows.duplicated(["unit_id", "role", "member_code"]), error="ONCE"
    )
    member = pa_pandera.Check(
        lambda rows: (rows["role"] == "lead") == (rows["member_code"] != ""), error="MEMBER"
    )
    return pa_pandera.DataFrameSchema(columns, checks=[once, member], strict=True)


def no_notices() -> pd.DataFrame:
    """The table of notices without a row."""
    frame = pd.DataFrame({name: pd.Series(dtype="str") for name in NOTICE_COLUMNS})
    return frame.astype({"is_illustrative": "bool"})
