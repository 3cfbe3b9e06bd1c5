"""Where an issued release lies, and the names of what is in it.

Belongs here: the folder of a release and of its parts. Does not belong here: filling it
(``orchestration.release_archive``), reading tables (``reader``).
"""

from __future__ import annotations

import re
from pathlib import Path

RELEASES = "releases"
RECORD, MANIFEST, NARRATIVE, SITE = "release.json", "manifest.json", "narrative.yaml", "site.zip"
TABLES, CATALOGUE, REFERENCE = "tables", "catalogue", "reference"
JOURNALS, PAPERS, SIGNED, INPUTS = "journal", "papers", "signed", "inputs"
ISSUED_ID = re.compile(r"(?P<period>[A-Za-z0-9][A-Za-z0-9_-]*)/(?P<nn>[0-9]{2,})")


def releases_folder(root: Path, period: str) -> Path:
    """Where the issued releases of a period lie."""
    return root / "raw" / period / RELEASES


def release_folder(root: Path, release_id: str) -> Path:
    """Where an issued release lies.

    Raises:
        ValueError: The id is not ``<period>/<nn>``.
    """
    named = ISSUED_ID.fullmatch(release_id)
    if named is None:
        msg = f"release id {release_id!r}, expected <period>/<nn>"
        raise ValueError(msg)
    return releases_folder(root, named["period"]) / named["nn"]
