"""The small API of notebooks: ``from pipelines.analysis import open_warehouse``."""

from pipelines.analysis.access import open_warehouse

__all__ = ["open_warehouse"]
