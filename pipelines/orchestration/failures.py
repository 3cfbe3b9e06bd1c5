"""Known errors → Dagster failures that say in Vietnamese what to do.

Belongs here: the bridge from ``problems`` to ``Failure``. Does not belong here: the wording.
https://docs.dagster.io/guides/build/ops/op-events#op-exceptions
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.orchestration.problems import KNOWN, Problem, problem_of
from pipelines.vietnamese.text import MASK, mask_personal


@contextmanager
def told(period: str) -> Iterator[None]:
    """Turn a known error into a failure whose metadata are the fields of the problem.

    Anything else is a mistake of the program and passes with its traceback. Where an error repeats
    something about a person, its text is told masked and its causes are left behind: Dagster keeps
    what it is given.

    Raises:
        Failure: Instead of an error of ``KNOWN``; a retry would fail again.
        Unsaid: Instead of a mistake of the program whose text names a person.
    """
    try:
        yield
    except KNOWN as error:
        failure, cause = _failure(problem_of(error, period)), error
    except Exception as error:  # whatever it is: a mistake of the program may repeat a cell
        if not _tells_of_persons(error):
            raise
        text = mask_personal(f"{type(error).__name__}: {error}")
        failure, cause = Unsaid(text).with_traceback(error.__traceback__), error
    else:
        return
    # outside of the handlers: nothing of the error hangs on to what is raised
    raise failure from (None if _tells_of_persons(cause) else cause)


class Unsaid(RuntimeError):  # noqa: N818 — names what is kept back
    """A mistake of the program, without what it says of persons."""


def _failure(problem: Problem) -> dg.Failure:
    said = {
        name: mask_personal(text) if isinstance(text, str) else text
        for name, text in problem.as_dict().items()
    }
    text = (
        f"{said['code']}: {said['title']}\nThấy: {said['found']}\n"
        f"Mong đợi: {said['expected']}\nViệc cần làm: {said['action']}"
    )
    return dg.Failure(text, metadata=said, allow_retries=False)


def _tells_of_persons(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, repeats something about a person."""
    while error is not None:
        if MASK in mask_personal(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False
