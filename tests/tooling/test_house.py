"""The law of the house that no linter knows: where things may stand, and what may not."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Only for a copy without .git; with git, .gitignore says it.
NOT_OURS = {".venv", ".dagster", ".git", "__pycache__", ".ipynb_checkpoints"}
LONGEST_FILE = 420


def words(*pieces: tuple[str, str]) -> str:
    """Join patterns from pieces, so that this file does not match itself."""
    return "|".join(first + second for first, second in pieces)


SCHEMAS = re.compile(
    words(("DataFrame", r"Schema\("), (r"\bpa\.", r"schema\("), ("DataFrame", "Model"))
)
INDEXES = re.compile(
    words(
        ("py", r"pi\.org"),
        ("python", r"hosted\.org"),
        (r"registry\.", "npmjs"),
        (r"deb\.", r"debian\.org"),
        ("--(extra-)?", "index-url"),
        ("--find", "-links"),
    )
)
MACHINE_PATHS = re.compile(
    r"(?:(?<![\w.:/~}*-])|file://)/(?:"
    + words(("wo", "rk"), ("ro", "ot"), ("ho", "me"), ("tm", "p"))
    + ")/"
)


def git_lists(*options: str) -> list[str]:
    """Return the paths `git ls-files` names, from the root."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("no git here, or a copy without its history")
    command = [git, "ls-files", "-z", "--exclude-standard", *options]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name]


def our_paths() -> Iterator[Path]:
    """Yield every path that is, or would be, tracked, from the root."""
    if shutil.which("git") and (ROOT / ".git").exists():
        yield from (Path(name) for name in git_lists("--cached", "--others"))
        return
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        built = parts[0] in {"warehouse", "build", "dist"} or parts[0].endswith(".egg-info")
        cache = any(part in NOT_OURS or part.endswith("_cache") for part in parts)
        if not built and not cache:
            yield Path(*parts)


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    """The text of every file of ours that is text, by its path from the root."""
    found = {}
    for path in sorted(our_paths()):
        data = (ROOT / path).read_bytes() if (ROOT / path).is_file() else b"\0"
        if b"\0" not in data:
            found[path] = data.decode("utf-8", errors="replace")
    assert Path("pyproject.toml") in found
    return found


def places(texts: dict[Path, str], pattern: re.Pattern[str]) -> list[str]:
    """Return `path:line: match` for every match of a pattern."""
    return [
        f"{path.as_posix()}:{number}: {match.group()}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in pattern.finditer(line)
    ]


def test_schemas_stand_in_the_catalogue_only(texts: dict[Path, str]) -> None:
    elsewhere = {
        path: text
        for path, text in texts.items()
        if path.suffix in {".py", ".ipynb"} and path.parts[:2] != ("pipelines", "catalogue")
    }
    assert places(elsewhere, SCHEMAS) == []


def test_no_python_file_holds_two_ideas(texts: dict[Path, str]) -> None:
    lengths = {
        path.as_posix(): len(text.splitlines())
        for path, text in texts.items()
        if path.suffix == ".py"
    }
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_init_files_are_empty(texts: dict[Path, str]) -> None:
    # the notebooks' door: `from pipelines.analysis import open_warehouse` is an interface
    door = Path("pipelines/analysis/__init__.py")
    filled = [path for path, text in texts.items() if path.name == "__init__.py" and text]
    assert [path for path in filled if path != door] == []


def test_notebooks_carry_no_outputs(texts: dict[Path, str]) -> None:
    carrying = [
        f"{path.as_posix()} cell {number}"
        for path, text in texts.items()
        if path.suffix == ".ipynb"
        for number, cell in enumerate(json.loads(text)["cells"])
        if cell.get("outputs") or cell.get("execution_count")
    ]
    assert carrying == []


def test_no_package_index_is_named(texts: dict[Path, str]) -> None:
    assert places(texts, INDEXES) == []


def test_no_path_of_one_machine_is_named(texts: dict[Path, str]) -> None:
    assert places(texts, MACHINE_PATHS) == []


def test_git_ignores_nothing_we_wrote() -> None:
    ignored = git_lists("--others", "--ignored", "--", "pipelines", "tests", "raw", "docs")
    generated = {"__pycache__", ".ipynb_checkpoints", ".hypothesis"}
    assert [name for name in ignored if not generated & set(Path(name).parts)] == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (SCHEMAS, "pandera." + "DataFrame" + "Schema({})"),
        (SCHEMAS, "pa" + ".schema([])"),
        (SCHEMAS, "class A(DataFrame" + "Model):"),
        (INDEXES, "pip install --index" + "-url x"),
        (INDEXES, "files.python" + "hosted.org"),
        (MACHINE_PATHS, 'open("/tm' + 'p/x")'),
        (MACHINE_PATHS, "cd /wo" + "rk/main"),
        (MACHINE_PATHS, "file:///ho" + "me/x"),
    ],
)
def test_each_pattern_finds_what_it_forbids(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATHS, "https://docs.example.vn/ho" + "me/x"),
        (MACHINE_PATHS, 'tmp_path / "ho' + 'me"'),
        (INDEXES, "uv pip compile --no-emit-index" + "-url --no-emit-find" + "-links"),
    ],
)
def test_each_pattern_passes_what_is_allowed(pattern: re.Pattern[str], line: str) -> None:
    assert not pattern.search(line)
