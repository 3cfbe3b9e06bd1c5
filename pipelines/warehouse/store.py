"""Tables as immutable Parquet files, named by what is in them.

Belongs here: writing one table of one period. Does not belong here: which files count
(``manifest``), who may write (``lock``).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.warehouse.contract import Contract
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.errors import DuplicateKeyError, UnknownNameError
from pipelines.warehouse.hashing import arrow_hash, repeats, to_arrow
from pipelines.warehouse.manifest import NAME, PERIOD, TableEntry, warehouse_folder

ROW_GROUP_ROWS = 131_072
# 128 bits: no two files of one folder will ever share a name by chance
NAME_DIGITS = 32


def write_table(
    root: Path,
    contract: Contract,
    period: str,
    frame: pd.DataFrame,
    known: TableEntry | None = None,
) -> TableEntry:
    """Write a table of a period; a file that exists already is not written again.

    Args:
        root: The project's root.
        contract: The table's contract.
        period: Key of the period, or ``all`` for a table that knows no periods.
        frame: All rows of the table and period; none is allowed, and written too.
        known: What a manifest has of the table and period: where the rows are the same and its
            files stand as they were written, they are not compressed again.

    Returns:
        The manifest's entry; nothing points to the file until a manifest with it is committed.

    Raises:
        DuplicateKeyError: Two rows have the same key.
        UnknownNameError: The table's name or the period cannot be a folder.
    """
    folder = folder_of(contract.name, period)
    table = to_arrow(frame, contract)
    refuse_duplicates(table, contract)
    content = arrow_hash(table)
    if known is not None and known.hash == content and _stand(root, known):
        return known
    data = parquet(table)
    digest = hashlib.sha256(data).hexdigest()
    name = folder / f"{digest[:NAME_DIGITS]}.parquet"
    write_whole(warehouse_folder(root) / name, data, "store")
    return TableEntry(files=(name.as_posix(),), rows=table.num_rows, hash=content)


def _stand(root: Path, entry: TableEntry) -> bool:
    """Whether the files of an entry are on this machine, with the content that their names say."""
    paths = [warehouse_folder(root) / name for name in entry.files]
    return all(path.is_file() and _digest(path).startswith(path.stem) for path in paths)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_of(name: str, period: str) -> PurePosixPath:
    """The folder of a table and period, relative to the warehouse.

    Raises:
        UnknownNameError: The table's name or the period cannot be a folder.
    """
    if not re.fullmatch(NAME, name) or not re.fullmatch(PERIOD, period):
        raise UnknownNameError(
            "Tên bảng hoặc tên kỳ không hợp lệ.",
            "the name of a table or period cannot be a folder",
            f"bảng {name!r}, kỳ {period!r}",
            "bảng dạng core.observations, kỳ dạng 2021-H1 hoặc all",
            "Sửa tên bảng hoặc tên kỳ trong danh mục (catalogue).",
        )
    schema, table = name.split(".")
    return PurePosixPath(schema, table, period)


def refuse_duplicates(table: pa.Table, contract: Contract) -> None:
    """Stop where two neighbours of a sorted table have the same key.

    Raises:
        DuplicateKeyError: Names the first few.
    """
    if not repeats(table, contract.key):
        return
    groups = table.group_by(contract.key).aggregate([([], "count_all")])
    twice = groups.filter(pc.field("count_all") > 1).slice(0, 3).to_pylist()
    raise DuplicateKeyError(
        f"Bảng {contract.name} có dòng trùng khóa.",
        "rows share a key; nothing was written",
        "; ".join(", ".join(f"{k}={v}" for k, v in row.items()) for row in twice),
        f"mỗi khóa ({', '.join(contract.key)}) chỉ một dòng",
        "Báo người phát triển: bước tạo ra bảng này đã ghép hoặc cộng sai.",
    )


def parquet(table: pa.Table) -> bytes:
    """The file's bytes; every setting that shapes them is fixed here."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=1,
        row_group_size=ROW_GROUP_ROWS,
        version="2.6",
        data_page_version="1.0",
        use_dictionary=True,
        write_statistics=True,
    )
    return sink.getvalue().to_pybytes()
