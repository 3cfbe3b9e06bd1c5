"""Calling ``qcdc`` in this process."""

import json
from typing import Any

import pytest

from pipelines import cli


def qcdc(*arguments: str) -> int:
    """Run the command; return its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Run the command with ``--json``; return exit code and document."""
    capsys.readouterr()  # what was said before is not the answer
    code = qcdc(*arguments, "--json")
    return code, json.loads(capsys.readouterr().out)
