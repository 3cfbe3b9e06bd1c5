"""Parameters of notebooks and commands that are no keys but attacks: told, never run, no path."""

import ast
from pathlib import Path

import pytest
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from typer.testing import CliRunner

from pipelines.analysis import open_warehouse
from pipelines.analysis.access import NoRelease
from pipelines.analysis.opening import UnknownPeriod, open_period
from pipelines.cli import app
from pipelines.orchestration.problems import CANNOT_RUN, Stopped
from tests.orchestration.mini import ROOT

HOSTILE = [
    "../../x",
    "../../../etc/passwd",
    "/etc/passwd",
    "2021-H1/../2020-H1",
    "2021-H1'; import os; os.system('touch owned') #",
    '2021-H1"; open("owned", "w") #',
    '"""\nopen("owned", "w")\n"""',
    "2021-H1\nopen('owned', 'w')",
    "2021-H1\r\nimport os",
    "\\",
    "2021-H1\\'); open('owned','w'); ('",
    "{{ 7 * 7 }}",
    "${HOME}",
    "$(touch owned)",
    "`touch owned`",
    "%run owned",
    "!touch owned",
    "2021-H1' OR '1'='1",
    "2021-H1\x00",
    "2021-H1\u2028open('owned','w')",
    "\u202e1H-1202",
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "",
    " ",
    "2021-H1 ",
    "A" * 100_000,
]
_names = pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which is the current folder."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "workspace.yaml").touch()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def _tree(root: Path) -> list[Path]:
    return sorted(root.parent.rglob("*"))


@_names
def test_a_hostile_period_is_told_and_opens_nothing(root: Path, typed: str):
    before = _tree(root)
    with pytest.raises(UnknownPeriod) as caught:
        open_period(typed, root=root)
    assert len(str(caught.value)) < 2_000
    assert _tree(root) == before


@pytest.mark.parametrize("typed", [None, 2021, 2021.5, ["2021-H1"], {"a": 1}, Path("x"), b"2021"])
def test_a_period_of_another_type_is_told(root: Path, typed: object):
    with pytest.raises(UnknownPeriod):
        open_period(typed, root=root)  # type: ignore[arg-type] # what an analyst may type


@pytest.mark.parametrize(
    "release",
    [
        "../../x/01",
        "2021-H1/../../x",
        "/etc/passwd",
        "2021-H1/01/../../../x",
        "2021-H1/01\n",
        "2021-H1/draft\n",
        "2021-H1\x00/01",
        "..\\..\\x/01",
        "2021-H1/%2e%2e",
        "",
    ],
)
def test_a_hostile_release_leads_nowhere(root: Path, release: str):
    outside = root.parent / "x"
    outside.mkdir()
    (outside / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NoRelease):
        open_warehouse(release, root=root)


@_names
def test_what_papermill_injects_is_one_string_and_no_code(typed: str):
    notebook = load_notebook_node(str(ROOT / "notebooks" / "unit_page.ipynb"))
    given = {"period": typed, "unit_id": typed}
    made = parameterize_notebook(notebook, given)
    [cell] = [c for c in made.cells if "injected-parameters" in c.metadata.get("tags", [])]
    # nothing that IPython would take for a command of its own, either
    assert not [line for line in cell.source.splitlines() if line.lstrip()[:1] in {"!", "%"}]
    parsed = ast.parse(cell.source)
    assigned = {}
    for line in parsed.body:
        assert isinstance(line, ast.Assign)
        assert isinstance(line.targets[0], ast.Name)
        assigned[line.targets[0].id] = ast.literal_eval(line.value)
    assert assigned == given


@pytest.mark.parametrize(
    ("verb", "typed"),
    [
        *((["run"], typed) for typed in HOSTILE),
        *((verb, typed) for verb in (["status"], ["period", "close"]) for typed in HOSTILE[:6]),
    ],
)
def test_a_hostile_period_of_a_command_makes_no_file(root: Path, verb: list[str], typed: str):
    before = _tree(root)
    more = ["--who", "Kiểm thử", "--why", "thử"] if verb[0] == "period" else []
    done = CliRunner().invoke(app, [*verb, *more, "--", typed])
    assert isinstance(done.exception, Stopped | SystemExit), done.exception
    if isinstance(done.exception, Stopped):
        assert done.exception.problem.exit_code == CANNOT_RUN
    made = [path for path in _tree(root) if path not in before]
    assert [path for path in made if ".dagster" not in path.parts] == []
