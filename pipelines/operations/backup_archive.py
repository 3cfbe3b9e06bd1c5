"""What a backup is: one gzipped tar of plain files, and a last member that lists them with hashes.

Belongs here: the list, which names a member may have, reading an archive without touching
anything else. Does not belong here: what goes into one (``backup``), putting it in place
(``restore``).
"""

from __future__ import annotations

import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pipelines.orchestration.problems import Problem, Stopped

FORMAT = 1
LIST = "backup.json"
# where members may lie, and which of them are single files
RAW, WAREHOUSE, DAGSTER = "raw", "warehouse", "dagster"
FOLDERS = (RAW, WAREHOUSE, DAGSTER)
SINGLE = ("workspace.yaml", "dagster.yaml")
_CHUNK = 1 << 20
_LARGEST_LIST = 256 * 1024 * 1024
_BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError)


class Member(BaseModel):
    """A file of the archive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Listing(BaseModel):
    """The list of a backup: who wrote it, what it holds, what it does not hold.

    Attributes:
        format: Of the archive; one that is higher than ``FORMAT`` comes from a later program.
        code: Version of the program.
        dagster: Version of Dagster.
        made_at: When, ISO with offset.
        run_history: ``sqlite`` is in the archive; ``postgres`` is not, its owner dumps it with
            ``pg_dump``; ``none`` there was none.
        left_out: Links, which are never followed, and databases of the history that are broken.
        members: In the order of the archive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Annotated[int, Field(ge=1)] = FORMAT
    code: str
    dagster: str
    made_at: str
    run_history: Literal["sqlite", "postgres", "none"]
    left_out: tuple[str, ...] = ()
    members: tuple[Member, ...]


def read_listing(archive: Path, version: str) -> Listing:
    """Read a whole archive and compare every byte with its list; nothing else is touched.

    Args:
        archive: The file.
        version: Of this program; an archive of a later one is refused.

    Raises:
        Stopped: It is no backup, of a later program, or not as it was written.
    """
    found: dict[str, Member] = {}
    said: bytes | None = None
    with opened(archive) as tar:
        for member in plain_members(archive, tar):
            stream = tar.extractfile(member)
            if stream is None or said is not None:
                raise Stopped(damaged(archive, f"{member.name} đứng sau danh sách"))
            if member.name == LIST:
                said = _short(archive, stream)
                continue
            name = listed(member.name)
            if name in found:
                raise Stopped(damaged(archive, f"{name} có hai lần"))
            found[name] = Member(name=name, size=member.size, sha256=digest_of(stream))
        _to_the_end(tar)
    if said is None:
        raise Stopped(damaged(archive, f"không có {LIST} ở cuối"))
    listing = _parsed(archive, said, version)
    _same(archive, listing, found)
    return listing


@contextmanager
def opened(archive: Path) -> Iterator[tarfile.TarFile]:
    """An archive for reading from begin to end.

    Raises:
        Stopped: It is no gzipped tar, or it ends too early.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            yield tar
    except FileNotFoundError:
        raise
    except _BROKEN as error:
        raise Stopped(damaged(archive, f"{type(error).__name__}: {error}")) from error


def _to_the_end(tar: tarfile.TarFile) -> None:
    """Read what stands behind the last member: gzip's own checksum is there."""
    packed = tar.fileobj
    while packed is not None and packed.read(_CHUNK):
        pass


def digest_of(stream: IO[bytes]) -> str:
    """SHA-256 of what is left of a stream."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def listed(name: str) -> str:
    """A name as the list has it: bytes that are no text are spelt out, since JSON holds text."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_allowed(name: str) -> bool:
    """Whether a member of this name may be put below a root."""
    path = PurePosixPath(name)
    inside = path.as_posix() == name and not path.is_absolute() and ".." not in path.parts
    if len(path.parts) == 1:
        return inside and name in (*SINGLE, LIST)
    return inside and path.parts[0] in FOLDERS


def damaged(archive: Path, found: str) -> Problem:
    """The archive is not as ``qcdc backup`` writes one."""
    return Problem(
        "QCDC-E120",
        "Tệp sao lưu hỏng hoặc không phải do qcdc backup ghi.",
        f"{archive.name}: {found}",
        "tệp .tar.gz do qcdc backup ghi, còn nguyên từng byte",
        "Dùng bản sao lưu khác (bản trước đó, hoặc bản ở ổ khác). Chưa có gì bị thay đổi.",
    )


def plain_members(archive: Path, tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The members, if they are plain files in their places.

    Raises:
        Stopped: A link, a device, a folder, a name that leads elsewhere.
    """
    for member in tar:
        if not member.isreg():
            raise Stopped(_unsafe(archive, f"{member.name} không phải tệp thường (liên kết…)"))
        if not is_allowed(member.name):
            raise Stopped(_unsafe(archive, f"{member.name!r} nằm ngoài {', '.join(FOLDERS)}"))
        yield member


def _short(archive: Path, stream: IO[bytes]) -> bytes:
    data = stream.read(_LARGEST_LIST + 1)
    if len(data) > _LARGEST_LIST:
        raise Stopped(damaged(archive, f"{LIST} quá lớn"))
    return data


def _parsed(archive: Path, data: bytes, version: str) -> Listing:
    try:
        listing = Listing.model_validate_json(data)
    except ValidationError as error:
        raise Stopped(damaged(archive, f"{LIST} không đọc được")) from error
    if listing.format > FORMAT or numbers(listing.code) > numbers(version):
        raise Stopped(_newer(archive, listing, version))
    return listing


def numbers(version: str) -> tuple[int, ...]:
    """A version as numbers that compare: ``0.10.0`` is later than ``0.9.1``."""
    return tuple(int(part) for part in version.split("+")[0].split(".") if part.isdigit())


def _same(archive: Path, listing: Listing, found: dict[str, Member]) -> None:
    wanted = {member.name: member for member in listing.members}
    for name in sorted({*wanted, *found}):
        if wanted.get(name) != found.get(name):
            what = "khác mã băm" if name in wanted and name in found else "thiếu hoặc thừa"
            raise Stopped(damaged(archive, f"{name}: {what}"))


def _unsafe(archive: Path, found: str) -> Problem:
    return Problem(
        "QCDC-E121",
        "Tệp sao lưu có thành phần không được phép.",
        f"{archive.name}: {found}",
        "chỉ tệp thường nằm trong thư mục của dự án",
        "Không dùng tệp này; lấy bản sao lưu do qcdc backup ghi. Chưa có gì bị thay đổi.",
    )


def _newer(archive: Path, listing: Listing, version: str) -> Problem:
    return Problem(
        "QCDC-E122",
        "Tệp sao lưu do phiên bản chương trình mới hơn ghi.",
        f"{archive.name}: phiên bản {listing.code}, định dạng {listing.format}",
        f"phiên bản không mới hơn {version}, định dạng không quá {FORMAT}",
        "Cập nhật chương trình lên phiên bản đó rồi khôi phục. Chưa có gì bị thay đổi.",
    )
