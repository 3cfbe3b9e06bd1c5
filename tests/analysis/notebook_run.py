"""Cells of a notebook in this process: what they show, without a kernel."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat


def run(notebook: Path, parameters: Mapping[str, object] | None = None) -> list[object]:
    """Everything the cells show, in order; what a cell raises passes through.

    Args:
        notebook: The notebook; it is run in the current folder.
        parameters: Set after the cell tagged ``parameters``, as papermill does.
    """
    shown: list[object] = []
    names: dict[str, Any] = {"__name__": "__main__", "display": lambda *said: shown.extend(said)}
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"{notebook.stem} {cell.id}", "exec"), names)  # noqa: S102 — our cells
        if last is not None:
            code = compile(ast.Expression(last.value), f"{notebook.stem} {cell.id}", "eval")
            shown.append(eval(code, names))  # noqa: S307 — our cells
        if "parameters" in cell.metadata.get("tags", []):
            names.update(parameters or {})
    return [piece for piece in shown if piece is not None]


def markup(shown: list[object]) -> str:
    """The HTML of what was shown; what has none says so."""
    pieces = []
    for piece in shown:
        to_html = getattr(piece, "_repr_html_", None)
        assert to_html is not None, f"{type(piece).__name__} would be shown as plain text"
        pieces.append(to_html())
    return "\n".join(pieces)
