"""Bytes of a case's file out of the bytes of its workbook: other containers, damage, nothing."""

from tests.cases.containers import csv_lossy as csv_lossy
from tests.cases.containers import csv_tcvn3 as csv_tcvn3
from tests.cases.containers import csv_utf8 as csv_utf8
from tests.cases.containers import csv_utf16 as csv_utf16
from tests.cases.containers import csv_utf16_bare as csv_utf16_bare
from tests.cases.containers import far_cell as far_cell
from tests.cases.containers import letter as letter
from tests.cases.containers import ods as ods
from tests.cases.containers import ods_by_hand as ods_by_hand
from tests.cases.containers import old_doc as old_doc
from tests.cases.containers import password as password
from tests.cases.containers import photo as photo
from tests.cases.containers import scan as scan
from tests.cases.containers import web_page as web_page
from tests.cases.containers import word as word
from tests.cases.containers import xls as xls
from tests.cases.containers import xlsb as xlsb
from tests.cases.containers import xlsm as xlsm
from tests.cases.containers import zipped_twice as zipped_twice
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
