"""Who may see what: audiences of evidence pages and bundles, and how few persons are too few.

Belongs here: the model and reading its YAML. Does not belong here: which cells follow from it
(``evaluation.suppression``), pages (``reports.site``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from pipelines.catalogue.base import Entry
from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import DATA
from pipelines.catalogue.model import Sensitivity


class Audience(Entry):
    """A circle of readers.

    ``sensitivities``: values of a unit that it may see. ``exact``: small counts of persons, too.
    ``workings``: files, cells, findings, decisions, who is late. ``own``: each unit gets a copy
    of its own, in which its own values are whole.
    """

    id: str
    label_vi: str
    note_vi: str
    sensitivities: list[Sensitivity]
    exact: bool = False
    workings: bool = False
    own: bool = False


class Disclosure(Entry):
    """Audiences, the smallest number of persons that is shown, and what stands in its place."""

    threshold: int
    mark_vi: str
    basis_vi: str
    verified: bool
    audiences: dict[str, Audience]


@cache
def load_disclosure(directory: Path | None = None) -> Disclosure:
    """Read who may see what.

    Args:
        directory: Folder of the catalogue's YAML files; the shipped one when None.

    Raises:
        CatalogueError: The file is missing or malformed, or an audience stands twice.
    """
    path = (directory or DATA) / "disclosure.yaml"
    if not path.is_file():
        raise CatalogueError([f"{path.name}: file not found in the catalogue folder"])
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    listed = given.pop("audiences")
    audiences = {entry["id"]: Audience.model_validate(entry) for entry in listed}
    if len(audiences) < len(listed):
        raise CatalogueError(["disclosure.yaml: an audience stands twice"])
    return Disclosure.model_validate({**given, "audiences": audiences})
