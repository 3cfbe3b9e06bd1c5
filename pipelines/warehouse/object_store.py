"""A warehouse on an object store that speaks S3: what is sent, fetched and replaced there.

Endpoint and credentials come from the environment only (``AWS_ENDPOINT_URL``,
``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``; ``AWS_ALLOW_HTTP`` for one without
TLS on the same machine). The store must honour conditional puts (``If-Match``, ``If-None-Match``):
they are what keeps two writers apart.

Belongs here: the store. Does not belong here: whether there is one (``place``), how a file gets
whole on disk (``durable``).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.errors import (
    CommittedElsewhere,
    FileSpoiltError,
    NotPermitted,
    PlaceError,
    StoreUnreachable,
)
from pipelines.warehouse.failpoints import reach
from pipelines.warehouse.place import VARIABLE, Seen

try:
    import obstore
    from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
    from obstore.store import S3Store
except ImportError as error:
    raise PlaceError(
        "Máy này chưa cài gói để đặt kho dữ liệu trên kho đối tượng (S3).",
        "obstore is not installed",
        str(error),
        "gói obstore",
        f"Cài: pip install 'qcdc[scale]'; hoặc để trống {VARIABLE}: kho nằm trong warehouse/.",
    ) from error

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import ObjectStore as Bucket

CACHE = "QCDC_WAREHOUSE_CACHE"
_AT_A_TIME = 8
_ONE_PUT_BYTES = 64 << 20  # larger files go in parts, for which S3 has no "only if absent"
_PATIENCE = timedelta(seconds=60)
_Result = TypeVar("_Result")


class ObjectStore:
    """A prefix of a bucket, and the folders of this machine where its files are kept by content.

    Args:
        bucket: The bucket with its prefix.
        folder: Where this machine writes tables; files found there are not fetched.
        cache: Where fetched files go.
    """

    compares = True

    def __init__(self, bucket: Bucket, folder: Path, cache: Path) -> None:
        self._bucket, self._folders, self._cache = bucket, (folder, cache), cache

    def see(self, name: str) -> Seen:
        """What stands under a name now."""
        with _told(name):
            try:
                found = obstore.get(self._bucket, name)
                return Seen(bytes(found.bytes()), found.meta["e_tag"])
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):  # a mistyped address is no empty warehouse
                    raise
                return Seen()

    def replace(self, name: str, data: bytes, seen: Seen, point: str) -> bool:
        """Put bytes under a name if what stands there still is what was seen.

        Returns:
            Whether anything was written: equal bytes are left alone.

        Raises:
            CommittedElsewhere: Something else stands there by now.
            StoreUnreachable: The store does not answer.
        """
        if seen.data == data:
            return False
        reach(f"{point}.before_put")
        with _told(name):
            try:
                mode: PutMode = "create" if seen.data is None else {"e_tag": seen.version}
                obstore.put(self._bucket, name, data, mode=mode, use_multipart=False)
            except (AlreadyExistsError, PreconditionError, FileNotFoundError) as error:
                # an answer may be lost and the put sent again: then what stands there is ours
                if self.see(name).data != data:
                    raise _overtaken(name) from error
        reach(f"{point}.after_put")
        return True

    def remove(self, name: str, seen: Seen | None, point: str) -> None:
        """Take what stands under a name away; what is no longer as it was seen stays."""
        if seen is not None and self.see(name).version != seen.version:
            return
        reach(f"{point}.before_unlink")
        with _told(name):
            try:
                obstore.delete(self._bucket, name)
            except FileNotFoundError:
                return
        reach(f"{point}.after_unlink")

    def names(self, folder: str) -> list[str]:
        """Names of what lies below a folder, sorted."""
        with _told(folder):
            pages = obstore.list(self._bucket, f"{folder}/")
            return sorted(str(each["path"]) for page in pages for each in page)

    def hold(self, files: Collection[str]) -> list[str]:
        """Send the files that the store lacks.

        Returns:
            Those that neither the store nor this machine has.

        Raises:
            FileSpoiltError: A file of this machine is not what its name says; it is not sent.
            StoreUnreachable: The store does not answer.
        """
        sent = _in_threads(self._held, sorted(files))
        return [name for name, is_there in zip(sorted(files), sent, strict=True) if not is_there]

    def _held(self, name: str) -> bool:
        with _told(name):
            try:
                obstore.head(self._bucket, name)
            except FileNotFoundError:
                pass
            else:
                return True
        path = self._kept(name)
        if path is None:
            return False
        with path.open("rb") as stream:
            _check(name, hashlib.file_digest(stream, "sha256").hexdigest())
        reach("store.before_put")
        with _told(name):
            is_small = path.stat().st_size < _ONE_PUT_BYTES
            try:
                mode = "create" if is_small else "overwrite"
                obstore.put(self._bucket, name, path, mode=mode, use_multipart=not is_small)
            except AlreadyExistsError:  # another writer made the same content
                return True
        reach("store.after_put")
        return True

    def paths(self, files: Collection[str]) -> dict[str, Path]:
        """Where files can be read on this machine, fetched if need be; absent ones are left out.

        Raises:
            FileSpoiltError: What was fetched is not what its name says.
            NotPermitted: This account may not write where fetched files go.
            StoreUnreachable: The store does not answer.
        """
        names = sorted(files)
        found = zip(names, _in_threads(self._fetched, names), strict=True)
        return {name: path for name, path in found if path is not None}

    def _kept(self, name: str) -> Path | None:
        there = (folder / name for folder in self._folders)
        return next((path for path in there if path.is_file()), None)

    def _fetched(self, name: str) -> Path | None:
        kept = self._kept(name)
        data = None if kept is not None else self.see(name).data
        if data is None:
            return kept
        _check(name, hashlib.sha256(data).hexdigest())
        try:
            write_whole(self._cache / name, data, "fetch")
        except PermissionError as error:
            raise NotPermitted(
                "Tài khoản này không ghi được bản tạm của kho dữ liệu.",
                "fetched files cannot be kept",
                f"{self._cache.name}/: {error.strerror}",
                f"một thư mục ghi được, ghi trong {CACHE}",
                f"Đặt {CACHE} là một thư mục của tài khoản này rồi chạy lại.",
            ) from error
        return self._cache / name


def opened_store(url: str, folder: Path) -> ObjectStore:
    """The store of an address.

    Args:
        url: ``s3://bucket/prefix``.
        folder: Where this machine writes tables.

    Raises:
        PlaceError: The store refuses what the environment says of it.
    """
    try:
        bucket = S3Store.from_url(
            url.rstrip("/"), retry_config={"max_retries": 5, "retry_timeout": _PATIENCE}
        )
    except (BaseError, ValueError) as error:
        raise PlaceError(
            f"Cài đặt {VARIABLE} hoặc các biến AWS_… không đúng.",
            "the store cannot be set up",
            f"{url}: {error}",
            "s3://kho/thư-mục; địa chỉ máy chủ và khóa trong các biến AWS_…",
            "Sửa qcdc.env, secrets.env rồi chạy lại.",
        ) from error
    return ObjectStore(bucket, folder, Path(os.environ.get(CACHE, "").strip() or folder))


def _in_threads(function: Callable[[str], _Result], names: Iterable[str]) -> list[_Result]:
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return list(pool.map(function, names))


def _check(name: str, digest: str) -> None:
    if not digest.startswith(Path(name).stem):
        raise FileSpoiltError(
            "Một tệp của kho dữ liệu đã hỏng.",
            "the content is not what the name says",
            f"warehouse/{name}: sha256 {digest[:12]}…",
            "tên tệp là mã băm của nội dung",
            "Xóa tệp đó trong warehouse/ và trên kho đối tượng rồi chạy lại (qcdc run).",
        )


def _overtaken(name: str) -> CommittedElsewhere:
    return CommittedElsewhere(
        "Một máy khác vừa công bố trong lúc lần này đang chạy; lần này chưa công bố gì.",
        "someone else committed; run again",
        f"{name} trên kho đối tượng đã khác lúc lần này đọc",
        "không ai công bố giữa lúc đọc và lúc công bố",
        "Chạy lại lệnh vừa chạy: nó sẽ tính tiếp trên bản mới nhất.",
    )


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        raise StoreUnreachable(
            "Không đọc, ghi được kho dữ liệu trên kho đối tượng.",
            "the object store does not answer or refuses",
            f"{name}: {str(error).splitlines()[0][:300]}",
            "kho đối tượng trả lời, và tài khoản có quyền đọc, ghi trên đó",
            "Xem máy chủ kho đối tượng và các biến AWS_… rồi chạy lại; bản công bố trước giữ "
            "nguyên.",
        ) from error
