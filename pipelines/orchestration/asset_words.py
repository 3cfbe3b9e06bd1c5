"""What people read about an asset in the UI: group, owners, tags, what, from what, for whom.

Belongs here: words about assets, the same for every kind of asset, and the glossary. Does not
belong here: titles of tables and words of states (the catalogue), shapes of Dagster (``*_asset``,
``table_specs``); Dagster is not imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version

from pipelines.catalogue import state_words
from pipelines.catalogue.load import catalogue_hash
from pipelines.catalogue.model import Catalogue

# checks that say what a period is like, not that a table is damaged
MILD_CHECKS = frozenset({"reconciliation", "period_complete", "findings"})
# metadata keys that the UI shows and the program reads again
PAGES, HASH = "Tệp đã viết", "Mã băm"

# schema → group; Dagster knows letters without accents only and sorts by name: numbers keep order
GROUPS = {
    "raw": "1_ho_so_goc",
    "catalogue": "2_danh_muc",
    "ref": "3_bang_tra_cuu",
    "intake": "4_tiep_nhan",
    "core": "5_so_lieu",
    "eval": "6_danh_gia",
    "report": "7_bao_cao",
    "notebooks": "8_so_tay",
}
GROUP_WORDS = {
    "raw": "Hồ sơ gốc: biểu mẫu, tài liệu, sổ tiếp nhận; chỉ thêm, không sửa",
    "catalogue": "Danh mục: định nghĩa chỉ tiêu, biểu, quy tắc, chỉ số; và bảng chú giải này",
    "ref": "Bảng tra cứu dựng từ danh mục và từ danh sách đơn vị, công văn yêu cầu",
    "intake": "Tiếp nhận: tệp nào, ô nào được đọc, ô nào tạm giữ",
    "core": "Số liệu đang dùng, sổ theo dõi, kết quả kiểm tra, tình hình nộp",
    "eval": "Đánh giá: chỉ số, so sánh, nghĩa vụ, điểm, xếp loại",
    "report": "Báo cáo, văn bản, trang minh chứng, phiếu phản hồi",
    "notebooks": "Sổ tay phân tích, chạy khi cần",
}
_CLERK, _SPECIALIST = "team:Văn thư", "team:Chuyên viên tổng hợp"
_COMMITTEE = "team:Thường trực Ban Chỉ đạo"
_OWNERS = {
    "raw": [_CLERK],
    "catalogue": [_COMMITTEE],
    "ref": [_SPECIALIST],
    "intake": [_CLERK, _SPECIALIST],
    "core": [_SPECIALIST],
    "eval": [_SPECIALIST],
    "report": [_COMMITTEE, _SPECIALIST],
    "notebooks": ["team:Người phân tích"],
}
_READERS = {
    "ref": "mọi bước sau, để hiểu mã và tên",
    "intake": "người tiếp nhận, người rà soát",
    "core": "chuyên viên tổng hợp, người rà soát, người phân tích",
    "eval": "Ban Chỉ đạo, người phân tích",
    "report": "Ban Chỉ đạo, cấp trên, người rà soát",
}
_NAMED = 8  # so many makers are named; the graph shows the rest

KINDS_VI = {
    "xlsx, excel": "tệp Excel",
    "csv, json, yaml": "tệp chữ, có cột hoặc có mục",
    "pandas, parquet": "bảng trong kho, mỗi kỳ một tệp",
    "jupyter": "sổ tay chạy được",
    "html, pdf, word": "trang, văn bản để đọc, in",
    "review": "việc người rà soát làm",
}
CHECKS_VI = {
    "schema": "cấu trúc bảng: đúng cột, kiểu, khóa",
    "references": "tham chiếu: mọi mã đều có trong bảng gốc",
    "conservation": "bảo toàn ô: không ô nào mất, không ô nào đếm hai lần",
    "reconciliation": "đối chiếu với số đã công bố (chỉ cảnh báo)",
    "period_complete": "kỳ đã đủ báo cáo phải nộp (chỉ cảnh báo)",
    "findings": "còn kết quả kiểm tra ở mức lỗi chưa có quyết định (chỉ cảnh báo)",
}


def owners_of(schema: str) -> list[str]:
    """Who answers for the assets of a schema: roles of the office, never persons."""
    return _OWNERS[schema]


def tags_of(
    *, on_demand: bool = False, internal: bool = False, outside: bool = False
) -> dict[str, str]:
    """Tags to filter by.

    Args:
        on_demand: Not part of a period's run.
        internal: Not to leave the office.
        outside: No run makes it.
    """
    return {
        "chay": "tu-ngoai-vao" if outside else "khi-can" if on_demand else "moi-ky",
        "pham-vi": "noi-bo" if internal else "chung",
    }


def code_version(catalogue: Catalogue) -> str:
    """Version of the program and of the catalogue that make the tables."""
    return f"{version('qcdc')}+{catalogue_hash(catalogue)[:8]}"


def described(title: str, said: str, made_from: Iterable[str] = (), readers: str = "") -> str:
    """A description: first line the title, then what it is, from what, for whom.

    Args:
        title: A few words.
        said: Whole sentences.
        made_from: Titles of what it is made from.
        readers: For whom.
    """
    # the catalogue of the UI runs the lines together
    parts = [f"{title}.", said]
    names = list(dict.fromkeys(made_from))
    if names:
        more = f" và {len(names) - _NAMED} mục khác" if len(names) > _NAMED else ""
        parts.append(f"*Làm từ:* {'; '.join(names[:_NAMED])}{more}.")
    if readers:
        parts.append(f"*Dùng cho:* {readers}.")
    return "\n\n".join(parts)


def readers_of(schema: str) -> str:
    """For whom the tables of a schema are."""
    return _READERS.get(schema, "")


def glossary() -> str:
    """Markdown: what groups, states, checks, signs of the UI mean."""
    groups = {GROUPS[schema]: word for schema, word in GROUP_WORDS.items()}
    states = {
        "Tình trạng báo cáo": state_words.REPORT_STATES,
        "Kết quả của một tệp": state_words.STATUSES,
        "Mức của kết quả kiểm tra": state_words.SEVERITIES,
        "Một ô được xếp vào": state_words.FATES,
        "Nghĩa vụ": state_words.DUTY_STATES,
        "Khâu chấm điểm": state_words.STAGES,
        "Vòng báo cáo": state_words.ROUNDS,
    }
    blocks = [_block("Nhóm (Group)", groups), _block("Từ của giao diện Dagster", _UI_WORDS)]
    blocks += [_block(title, words) for title, words in states.items()]
    blocks += [_block("Phép soát (Checks)", CHECKS_VI), _block("Loại (Kinds)", KINDS_VI)]
    return "\n\n".join(blocks)


def _block(title: str, words: Mapping[str, str]) -> str:
    rows = "\n".join(f"| {key} | {word} |" for key, word in words.items())
    return f"### {title}\n\n| Viết | Nghĩa |\n| --- | --- |\n{rows}"


_UI_WORDS = {
    "Asset": "một bảng, một báo cáo hoặc một loại hồ sơ gốc",
    "Materialize": "chạy lại để làm mới",
    "Partition": "một kỳ báo cáo, ví dụ 2021-H1 là 6 tháng đầu năm 2021",
    "Run": "một lần chạy",
    "Check": "một phép soát trên một bảng",
    "Lineage": "đường đi của số liệu: làm từ đâu, dùng cho đâu",
    "Upstream, Downstream": "phía nguồn, phía dùng",
    "Freshness": "có được đánh giá đúng hạn của kỳ hay không",
    "Code version": "phiên bản chương trình + danh mục",
}
