"""Known errors → Dagster failures that say in Vietnamese what to do.

Belongs here: the bridge from ``problems`` to ``Failure``. Does not belong here: the wording.
https://docs.dagster.io/guides/build/ops/op-events#op-exceptions
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.orchestration.problems import KNOWN, problem_of


@contextmanager
def told(period: str) -> Iterator[None]:
    """Turn a known error into a failure whose metadata are the fields of the problem.

    Anything else is a mistake of the program and passes with its traceback.

    Raises:
        Failure: Instead of an error of ``KNOWN``; a retry would fail again.
    """
    try:
        yield
    except KNOWN as error:
        problem = problem_of(error, period)
        text = (
            f"{problem.code}: {problem.title}\nThấy: {problem.found}\n"
            f"Mong đợi: {problem.expected}\nViệc cần làm: {problem.action}"
        )
        raise dg.Failure(text, metadata=problem.as_dict(), allow_retries=False) from error
