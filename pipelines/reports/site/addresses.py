"""Where everything stands in the evidence site.

Belongs here: names of pages and anchors, relative to the site's folder ``minh-chung/``. Does not
belong here: pages.

``index.html`` · ``muc-luc.html`` · ``tu-dien.html#<element>`` ·
``don-vi/<unit_id>.html#<element>`` · ``chi-tieu/<indicator>.html#<scope_id>`` ·
``tep/<submission_id, "_" for "/">.html#s<number of the sheet>-<cell>``.
"""

from __future__ import annotations

import re

FOLDER = "minh-chung"
INDEX, CONTENTS, DICTIONARY, STYLE = "index.html", "muc-luc.html", "tu-dien.html", "minh-chung.css"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def unit_page(unit_id: str) -> str:
    """The page of a unit."""
    return f"don-vi/{_name(unit_id)}.html"


def indicator_page(indicator: str) -> str:
    """The page of an indicator."""
    return f"chi-tieu/{_name(indicator)}.html"


def figure_address(indicator: str, scope_id: str) -> str:
    """Where a figure stands."""
    return f"{indicator_page(indicator)}#{scope_id}"


def file_page(submission_id: str) -> str:
    """The page of a submission."""
    return f"tep/{_name(submission_id)}.html"


def cell_anchor(sheet: int, cell: str) -> str:
    """Where a cell stands on the page of its file."""
    return f"s{sheet}-{cell}"


def sheet_anchor(sheet: int) -> str:
    """Where a sheet stands on the page of its file."""
    return f"s{sheet}"


def _name(key: str) -> str:
    return _UNSAFE.sub("_", key)
