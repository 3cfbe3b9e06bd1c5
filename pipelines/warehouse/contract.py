"""What this room needs to know of a table; the catalogue's contracts fulfil it.

Belongs here: the protocol. Does not belong here: any schema.
"""

from __future__ import annotations

from typing import Protocol

import pandas as pd
import pyarrow as pa


class Contract(Protocol):
    """Name, key and shape of a table."""

    @property
    def name(self) -> str:
        """``schema.table``."""
        ...

    @property
    def key(self) -> list[str]:
        """Columns that identify a row, in sort order."""
        ...

    def arrow_schema(self) -> pa.Schema:
        """Columns in contract order."""
        ...

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with exactly the contract's columns and types, rows in any order."""
        ...
