"""``qcdc release rebuild``: the same code gives the same tables; other code is told about."""

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.analysis import open_warehouse
from pipelines.orchestration import release_rebuild
from pipelines.orchestration.release_rebuild import differing_rows
from pipelines.warehouse.archives import release_folder
from pipelines.warehouse.manifest import read_manifest
from tests.cli.calls import answer, qcdc
from tests.cli.release.world import FIRST
from tests.orchestration.mini import PERIOD, digests


def test_computed_anew_it_is_the_same(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(root / "warehouse")
    before = digests(root)
    code, document = answer(capsys, "release", "rebuild", FIRST)
    assert (code, document["differences"], document["same_code"]) == (0, [], True)
    assert document["tables"] > 50
    assert digests(root) == before, "the project is not touched"


def test_what_comes_out_otherwise_is_told_table_by_table(
    issued: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The computation is replaced by the draft's own tables with one row changed."""
    monkeypatch.chdir(issued)

    def altered(root: Path, catalogue: Any, period: str) -> None:
        draft = open_warehouse(root=issued)
        frame = draft.table("eval.indicator_values", period=period)
        frame.loc[3, "value"] = 12.5
        shutil.copytree(issued / "warehouse", root / "warehouse", dirs_exist_ok=True)
        contract = release_rebuild.table_contract(catalogue, "eval.indicator_values")
        entry = release_rebuild.write_table(root, contract, period, frame)
        manifest = read_manifest(root)
        changed = release_rebuild.with_entry(manifest, contract.name, period, entry)
        (root / "warehouse" / "manifest.json").write_text(changed.to_json(), encoding="utf-8")

    monkeypatch.setattr(release_rebuild, "ingest_period", lambda *_, **__: None)
    monkeypatch.setattr(release_rebuild, "publish_period", altered)
    code, document = answer(capsys, "release", "rebuild", FIRST)
    (told,) = document["differences"]
    assert (code, told["table"], told["rows"]) == (1, "eval.indicator_values", 1)
    assert "→ 12.5" in told["first"]
    monkeypatch.setattr(release_rebuild, "code_now", lambda: {"version": "9", "sha256": "0" * 64})
    code, document = answer(capsys, "release", "rebuild", FIRST)
    assert (code, document["same_code"], len(document["differences"])) == (0, False, 1)
    assert qcdc("release", "rebuild", FIRST) == 0
    assert "Chương trình đã đổi" in capsys.readouterr().out


def test_without_its_files_it_cannot_be_computed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (book,) = (root / "raw" / PERIOD / "nv-mh").glob("*.xlsx")
    book.unlink()
    code, document = answer(capsys, "release", "rebuild", FIRST)
    assert (code, document["problem"]["code"]) == (2, "QCDC-E72")
    path = release_folder(root, FIRST) / "manifest.json"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")
    code, document = answer(capsys, "release", "rebuild", FIRST)
    assert document["problem"]["code"] == "QCDC-E71"


@pytest.mark.parametrize(
    ("now", "count", "first"),
    [
        ({"k": ["a", "b"], "v": [1.0, None]}, 0, "cùng các dòng"),
        ({"k": ["a", "b"], "v": [2.0, None]}, 1, "k=a: v 1.0 → 2.0"),
        ({"k": ["a", "b"], "v": [1.0, 5.0]}, 1, "k=b: v trống → 5.0"),
        ({"k": ["a"], "v": [1.0]}, 1, "k=b: nay không còn"),
        ({"k": ["a", "b", "c"], "v": [1.0, None, 0.0]}, 1, "k=c: nay mới có"),
        ({"k": ["a", "b"], "v": [1.0, None], "w": ["x", None]}, 1, "k=a: w trống → x"),
    ],
)
def test_rows_that_differ(now: dict[str, list[Any]], count: int, first: str) -> None:
    then = pd.DataFrame({"k": ["a", "b"], "v": [1.0, None]})
    found = differing_rows(then, pd.DataFrame(now), ["k"])
    assert (found[0], found[1][: len(first)]) == (count, first)
