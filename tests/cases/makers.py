"""Bytes of a case's file out of the bytes of its workbook: other containers, damage, nothing."""

from tests.cases.foreign_files import dossiers_csv as dossiers_csv
from tests.cases.foreign_files import petitions_html as petitions_html
from tests.cases.foreign_files import petitions_html_wrong_total as petitions_html_wrong_total
from tests.cases.foreign_files import report_docx as report_docx
from tests.cases.foreign_files import unknown_csv as unknown_csv


def truncated(data: bytes) -> bytes:
    """The first half of the file."""
    return data[: len(data) // 2]


def nothing(data: bytes) -> bytes:
    """No byte at all."""
    del data
    return b""
