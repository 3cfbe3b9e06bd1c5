"""The small API of notebooks: ``from pipelines.analysis import open_period, open_warehouse``."""

from pipelines.analysis.access import open_warehouse
from pipelines.analysis.adjusting import adjust, adjustments, withdraw
from pipelines.analysis.opening import open_period

__all__ = ["adjust", "adjustments", "open_period", "open_warehouse", "withdraw"]
