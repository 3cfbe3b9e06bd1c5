"""The projects that earlier code has left, unpacked."""

import lzma
import tarfile
from pathlib import Path

DATA = Path(__file__).parent / "data"
COMMITS = ("7a37fcf",)
FIRST = COMMITS[0]


def unpack(root: Path, commit: str = FIRST) -> Path:
    """A project as the code of a commit left it."""
    with lzma.open(DATA / f"{commit}.tar.xz") as data, tarfile.open(fileobj=data) as archive:
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None, "the fixture holds plain files alone"
            (root / member.name).parent.mkdir(parents=True, exist_ok=True)
            (root / member.name).write_bytes(content.read())
    return root
