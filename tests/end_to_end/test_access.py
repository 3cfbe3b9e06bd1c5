"""Who gets in: nginx with the shipped configuration, attacked; behind it programs that take note.

Each test asks as an attacker would and looks at two things: the answer, and whether anything
reached the program behind.
"""

import math
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.end_to_end.fronted import NAME, PAGES, SHIPPED, Front, credentials

pytestmark = pytest.mark.tool("nginx", "htpasswd", "openssl")
SECRET = b"not for anybody"
BEHIND = ("review", "operate", "lab")
DAGSTER = ("review", "operate")
JSON = {"Content-Type": "application/json"}
MUTATION = "mutation%7BlaunchRun%7D"


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    base = Path(tempfile.mkdtemp(prefix="qcdc-"))
    try:
        front = Front(base, _project(base / "root"))
        front.stand_in()
        with front:
            yield front
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(autouse=True)
def _forget(front: Front) -> None:
    front.noted.requests.clear()


def _project(root: Path) -> Path:
    """Papers of a period, and beside them what nobody may get through the page of the papers."""
    papers = root / "warehouse" / "published" / "2021-H1"
    (papers / "minh-chung").mkdir(parents=True)
    (papers / "minh-chung" / "index.html").write_text("minh chứng", encoding="utf-8")
    (papers / "bao-cao.html").write_text("báo cáo", encoding="utf-8")
    for hidden in ("bao-cao.ipynb", ".inputs.json"):
        (papers / hidden).write_bytes(SECRET)
    (root / "raw").mkdir()
    for outside in ("raw/journal.jsonl", "warehouse/manifest.json", "warehouse/published.txt"):
        (root / outside).write_bytes(SECRET)
    (papers / "link.html").symlink_to(root / "raw" / "journal.jsonl")
    (papers / "folder").symlink_to(root / "raw")
    (papers / "passwd.html").symlink_to("/etc/passwd")
    return root


# --- passwords


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_anything_without_a_password(front: Front, page: str):
    for path in ("/", "/lab", "/2021-H1/bao-cao.html", "/logs/x", "/server_info", "/api/contents"):
        answer = front.ask(page, path, person=False)
        wanted = {401, 403} if path == "/logs/x" else {401}
        assert answer.status in wanted, path
        assert "báo cáo".encode() not in answer.body
    posted = front.ask(
        page,
        "/graphql",
        "POST",
        headers=JSON | {"Origin": f"https://{front.authority(page)}"},
        body=b"{}",
        person=False,
    )
    assert posted.status == (405 if page == "papers" else 401)
    assert front.noted.requests == []


@pytest.mark.parametrize("page", PAGES)
def test_a_wrong_password_opens_nothing(front: Front, page: str):
    right = front.signed_in(page)["Authorization"]
    wrong = [
        credentials("mot-reviewers", "sai"),
        credentials("mot-reviewers", ""),
        credentials("", ""),
        {"Authorization": right[:-4]},
        {"Authorization": "Bearer x"},
    ]
    assert {front.ask(page, person=False, headers=each).status for each in wrong} == {401}
    assert front.noted.requests == []


def test_a_reviewer_does_not_get_into_the_page_of_operators(front: Front):
    for page in ("operate", "lab"):
        reviewer = front.signed_in("review")
        assert front.ask(page, person=False, headers=reviewer).status == 401
    assert front.noted.requests == []


@pytest.mark.parametrize("page", BEHIND)
def test_the_right_password_gets_through_and_stays_with_nginx(front: Front, page: str):
    answer = front.ask(page)
    assert (answer.status, answer.body) == (200, f"program behind {page}".encode())
    [(reached, _, _, headers)] = front.noted.requests
    assert reached == page
    assert "authorization" not in headers
    assert headers["x-forwarded-proto"] == "https"


def test_passwords_are_kept_as_bcrypt_and_the_files_are_not_for_everybody(front: Front):
    for realm, password in front.passwords.items():
        file = front.base / realm
        assert re.fullmatch(r"[\w.-]+:\$2y\$05\$\S+\n", file.read_text())
        assert file.stat().st_mode & 0o027 == 0
        assert len(password) == 20
    assert len(set(front.passwords.values())) == len(front.passwords)


def test_a_person_who_left_is_taken_out(front: Front):
    said = front.shell("add-user.sh", "reviewers", "tam")
    password = said.strip().splitlines()[-1].rsplit(" ", 1)[1]
    assert front.ask("papers", person=False, headers=credentials("tam", password)).status == 200
    front.shell("add-user.sh", "reviewers", "tam", "remove")
    assert front.ask("papers", person=False, headers=credentials("tam", password)).status == 401


def test_guessing_is_slow_however_many_connections(front: Front):
    base, seconds, at_once = Path(tempfile.mkdtemp(prefix="qcdc-")), 3, 40
    try:
        with Front(base, front.root, QCDC_LOGIN_DELAY=f"{seconds}s") as slow:
            guesses = [credentials("mot-operators", f"doan-{number}") for number in range(60)]

            def guess(headers: dict[str, str]) -> int:
                return slow.ask("operate", person=False, headers=headers).status

            began = time.monotonic()
            with ThreadPoolExecutor(len(guesses)) as pool:
                told = list(pool.map(guess, guesses))
            took = time.monotonic() - began
    finally:
        shutil.rmtree(base, ignore_errors=True)
    assert set(told) == {401, 429}  # 429: not even judged
    assert took >= seconds
    assert told.count(401) <= at_once * math.ceil(took / seconds)


# --- names and origins


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost", f"{NAME}.evil.example", "x", ""]
)
def test_a_rebound_name_gets_nothing_even_with_the_password(front: Front, page: str, host: str):
    answer = front.ask(page, host=host)
    assert answer.status in {400, 421}
    assert front.noted.requests == []


FOREIGN = (
    "https://evil.example",
    "null",
    f"http://{NAME}",
    f"https://{NAME}",  # the name without the port is another page
    f"https://{NAME}.evil.example",
    f"https://evil.example/{NAME}",
)


@pytest.mark.parametrize("page", BEHIND)
@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_can_neither_post_nor_ask(front: Front, page: str, origin: str):
    headers = JSON | {"Origin": origin}
    assert front.ask(page, "/graphql", "POST", headers=headers, body=b"{}").status == 403
    assert front.ask(page, "/", headers={"Origin": origin}).status == 403
    assert front.noted.requests == []


@pytest.mark.parametrize("page", BEHIND)
def test_a_page_of_another_port_is_foreign(front: Front, page: str):
    for other in PAGES:
        headers = JSON | {"Origin": f"https://{front.authority(other)}"}
        told = front.ask(page, "/graphql", "POST", headers=headers, body=b"{}").status
        assert told == (200 if other == page else 403)


@pytest.mark.parametrize("page", BEHIND)
@pytest.mark.parametrize("origin", [*FOREIGN, None])
def test_a_foreign_page_opens_no_websocket(front: Front, page: str, origin: str | None):
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
    headers |= {"Origin": origin} if origin else {}
    assert front.ask(page, "/graphql", headers=headers).status == 403
    assert front.noted.requests == []


@pytest.mark.parametrize("page", BEHIND)
def test_what_changes_something_must_say_where_it_comes_from(front: Front, page: str):
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert front.ask(page, "/graphql", method, headers=JSON, body=b"{}").status == 403
    assert front.noted.requests == []


# --- what the webserver would do


@pytest.mark.parametrize("page", DAGSTER)
@pytest.mark.parametrize(
    "path",
    [
        f"/graphql?query={MUTATION}",
        f"//graphql?query={MUTATION}",
        f"/graphql/?query={MUTATION}",
        f"/./graphql?query={MUTATION}",
        f"/%67raphql?query={MUTATION}",
        f"/graph%71l?query={MUTATION}",
        f"/graphql#?query={MUTATION}",
        f"/assets/../graphql?query={MUTATION}",
        f"/assets/%2e%2e/graphql?query={MUTATION}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_mutation_sent_by_get_is_refused(front: Front, page: str, path: str, method: str):
    assert front.ask(page, path, method).status in {400, 405}
    assert front.noted.requests == []


@pytest.mark.parametrize("page", DAGSTER)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "a/json"]
)
def test_a_form_cannot_post_a_mutation(front: Front, page: str, kind: str):
    headers = {"Content-Type": kind, "Origin": f"https://{front.authority(page)}"}
    told = front.ask(page, f"/graphql?query={MUTATION}", "POST", headers=headers, body=b"x")
    assert told.status == 405
    assert front.noted.requests == []


@pytest.mark.parametrize("page", DAGSTER)
def test_doors_that_nobody_uses_are_closed(front: Front, page: str):
    own = {"Origin": f"https://{front.authority(page)}"} | JSON
    for path in (
        "/report_asset_materialization/core/observations",
        "/report_asset_check/x",
        "/report_asset_observation/x",
        "/notebook?path=/etc/x.ipynb&repoLocName=qcdc",
        "/dagit/notebook?path=/etc/x.ipynb",
    ):
        assert front.ask(page, path).status == 403
        assert front.ask(page, path, "POST", headers=own, body=b"{}").status == 403
    assert front.ask(page, "/runs", "POST", headers=own, body=b"{}").status == 405
    assert front.noted.requests == []
    for path in ("/logs/a/b.out", "/download_debug/x"):
        assert front.ask(page, path).status == (200 if page == "operate" else 403)


def test_a_body_has_a_bound(front: Front):
    for page, size in (("operate", 1_100_000), ("review", 1_100_000)):
        own = {"Origin": f"https://{front.authority(page)}"} | JSON
        told = front.ask(page, "/graphql", "POST", headers=own, body=b" " * size)
        assert told.status == 413
    assert front.noted.requests == []


# --- files


def test_papers_are_shown(front: Front):
    assert front.ask("papers", "/2021-H1/bao-cao.html").body.decode() == "báo cáo"
    assert front.ask("papers", "/2021-H1/minh-chung/").body.decode() == "minh chứng"
    listed = front.ask("papers", "/2021-H1/").body.decode()
    assert "bao-cao.html" in listed
    assert ".inputs" not in listed


CLIMBS = (
    "/../manifest.json",
    "/2021-H1/../../manifest.json",
    "/2021-H1/..%2f..%2fmanifest.json",
    "/2021-H1/..%2F..%2Fmanifest.json",
    "/2021-H1/%2e%2e/%2e%2e/manifest.json",
    "/2021-H1/%2e%2e%2f%2e%2e%2fmanifest.json",
    "/2021-H1/.%2e/.%2e/manifest.json",
    "/2021-H1/%252e%252e/%252e%252e/manifest.json",
    "/2021-H1/%252e%252e%252fmanifest.json",
    "/2021-H1/%25252e%25252e%25252fmanifest.json",
    "/2021-H1/..%5c..%5cmanifest.json",
    "/2021-H1/..\\..\\manifest.json",
    "/2021-H1/%c0%ae%c0%ae/%c0%ae%c0%ae/manifest.json",
    "/2021-H1/bao-cao.html%00.txt",
    "/2021-H1/..;/..;/manifest.json",
    "/2021-H1/....//....//manifest.json",
    "//../manifest.json",
    "/etc/passwd",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/.txt",
    "/../published.txt",
    "file:///etc/passwd",
    "https://evil.example/etc/passwd",
)


@pytest.mark.parametrize("path", CLIMBS)
def test_no_path_leads_out_of_the_papers(front: Front, path: str):
    answer = front.ask("papers", path)
    assert answer.status in {400, 404, 421}
    assert SECRET not in answer.body
    assert b"root:" not in answer.body


@pytest.mark.parametrize("path", CLIMBS)
@pytest.mark.parametrize("page", DAGSTER)
def test_a_climbing_path_does_not_reach_the_program_behind(front: Front, page: str, path: str):
    front.ask(page, path)
    assert not [p for _, _, p, _ in front.noted.requests if ".." in p or "%2e" in p.lower()]


@pytest.mark.parametrize(
    "path",
    [
        "link.html",
        "folder/journal.jsonl",
        "folder/",
        "passwd.html",
        ".inputs.json",
        "bao-cao.ipynb",
    ],
)
def test_links_and_hidden_files_among_the_papers_are_not_served(front: Front, path: str):
    answer = front.ask("papers", f"/2021-H1/{path}")
    assert answer.status in {403, 404}
    assert SECRET not in answer.body
    assert b"root:" not in answer.body


def test_papers_are_only_read(front: Front):
    own = {"Origin": f"https://{front.authority('papers')}"}
    for method in ("POST", "PUT", "DELETE", "MKCOL", "MOVE"):
        told = front.ask("papers", "/2021-H1/bao-cao.html", method, headers=own, body=b"x")
        assert told.status == 405, method
    assert front.ask("papers", "/2021-H1/bao-cao.html").body.decode() == "báo cáo"


# --- what is told


@pytest.mark.parametrize("page", PAGES)
def test_headers_protect_and_tell_no_version(front: Front, page: str):
    for person in (True, False):
        headers = front.ask(page, "/2021-H1/bao-cao.html", person=person).headers
        assert headers["server"] == "nginx"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    refused = front.ask(page, host="evil.example")
    assert not re.search(rb"nginx/\d|Python", refused.body)


def test_the_log_has_no_queries(front: Front):
    front.ask("operate", "/runs?token=bi-mat")
    time.sleep(0.1)
    log = (front.base / "access.log").read_text()
    assert '"GET /runs" 200' in log
    assert "bi-mat" not in log
    assert "mot-operators" in log


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QCDC_HOSTS", "a; } server { listen 80; "),
        ("QCDC_HOSTS", ""),
        ("QCDC_HOSTS", "a\nb"),
        ("QCDC_ROOT", "/opt/x|e touch /opt/y"),
        ("QCDC_ROOT", "/opt/$host"),
        ("QCDC_READER_PORT", "3001/x"),
        ("QCDC_PAPERS_LISTEN", "443 http2"),
        ("QCDC_LOGIN_DELAY", "2s; "),
    ],
)
def test_settings_cannot_write_configuration(front: Front, tmp_path: Path, name: str, value: str):
    done = subprocess.run(
        ["sh", SHIPPED / "render.sh", tmp_path / "out.conf"],
        env=front.env | {name: value, "QCDC_NGINX": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"QCDC-E150: Cài đặt {name}")
    assert list(tmp_path.iterdir()) == []


def test_http_without_tls_is_not_spoken(front: Front):
    with socket.create_connection(("127.0.0.1", front.ports["papers"]), timeout=5) as plain:
        plain.sendall(f"GET /2021-H1/bao-cao.html HTTP/1.0\r\nHost: {NAME}\r\n\r\n".encode())
        told = plain.recv(4096)
    assert b"400" in told.splitlines()[0]
    assert "báo cáo".encode() not in told
