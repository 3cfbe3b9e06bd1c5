"""Settings that change no figure: one YAML file, one model, read when they are first needed.

Belongs here: reading such a file and saying what is wrong with it. Does not belong here: what the
settings are (``calendar``, ``operations``), what is measured (``load``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipelines.catalogue.integrity import CatalogueError

Model = TypeVar("Model", bound=BaseModel)


def read_settings(model: type[Model], path: Path) -> Model:
    """Read a file of settings.

    Args:
        model: What must stand in it.
        path: The file.

    Raises:
        CatalogueError: The file is not there, no YAML, or says what it must not.
    """
    try:
        return model.model_validate(yaml.safe_load(path.read_bytes()))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise CatalogueError([f"{path.name}: {error}"]) from error
