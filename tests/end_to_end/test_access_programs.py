"""The real webservers and JupyterLab behind nginx: read-only stays read-only, websockets work."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import sync_playwright
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from pipelines.orchestration.asset_words import GROUPS
from tests.end_to_end.fronted import NAME, REALMS, ROOT, Front

pytestmark = [pytest.mark.long, pytest.mark.tool("nginx", "htpasswd", "openssl")]
START_SECONDS = 240
SELECTOR = """{repositoryLocationName: "qcdc", repositoryName: "__repository__", %s}"""
MUTATIONS = {
    "launch a run": 'mutation { launchRun(executionParams: {selector: %s, mode: "default", '
    "runConfigData: {}}) { __typename } }" % (SELECTOR % 'jobName: "evaluate_period"'),
    "wipe": 'mutation { wipeAssets(assetPartitionRanges: [{assetKey: {path: ["core", '
    '"observations"]}}]) { __typename } }',
    "start a schedule": "mutation { startSchedule(scheduleSelector: %s) { __typename } }"
    % (SELECTOR % 'scheduleName: "period_calendar"'),
    "start a sensor": "mutation { startSensor(sensorSelector: %s) { __typename } }"
    % (SELECTOR % 'sensorName: "raw_files"'),
    "end a run": 'mutation { terminateRun(runId: "x") { __typename } }',
    "delete a run": 'mutation { deletePipelineRun(runId: "x") { __typename } }',
    "report an event": "mutation { reportRunlessAssetEvents(eventParams: {eventType: "
    'ASSET_MATERIALIZATION, assetKey: {path: ["core", "observations"]}}) { __typename } }',
    "reload the code": 'mutation { reloadRepositoryLocation(repositoryLocationName: "qcdc") '
    "{ __typename } }",
    "set a limit": 'mutation { setConcurrencyLimit(concurrencyKey: "a", limit: 1) }',
}


@pytest.fixture(scope="module")
def site() -> Iterator[Front]:
    base = Path(tempfile.mkdtemp(prefix="qcdc-"))
    started: list[subprocess.Popen[bytes]] = []
    try:
        front = Front(base, ROOT)
        home = base / "home"
        home.mkdir()
        shutil.copy(ROOT / "dagster.yaml", home)
        started.append(_webserver(home, front.reader, "--read-only"))
        _wait(front.reader, started[-1])
        started.append(_webserver(home, front.operator))
        started.append(_lab(front, base))
        _wait(front.operator, started[1])
        front.started = started  # type: ignore[attr-defined] # for the test of who listens
        with front:
            yield front
    finally:
        for process in started:
            _end(process)
        shutil.rmtree(base, ignore_errors=True)


def _webserver(home: Path, port: int, *more: str) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).with_name("dagster-webserver")
    command = [program, "-w", ROOT / "workspace.yaml", "-h", "127.0.0.1", "-p", str(port), *more]
    env = os.environ | {"DAGSTER_HOME": str(home)}
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _lab(front: Front, base: Path) -> subprocess.Popen[bytes]:
    own = {
        "QCDC_BIN": str(Path(sys.executable).parent),
        "QCDC_LAB_HOME": str(base / "lab"),
    }
    (base / "lab").mkdir()
    command = ["sh", str(ROOT / "deploy" / "lab.sh")]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    with (base / "lab.out").open("wb") as out:
        return subprocess.Popen(command, cwd=ROOT, env=front.env | own, stdout=out, stderr=out)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "it ended before it answered"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.5)
        else:
            return
    pytest.fail("no answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    family = [process.pid]
    if process.poll() is None:
        family += [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
    for pid in family[1:]:
        if psutil.pid_exists(pid):
            psutil.Process(pid).kill()


def graphql(site: Front, page: str, query: str) -> dict[str, Any]:
    """Ask as a page of the same origin does."""
    headers = {
        "Content-Type": "application/json",
        "Origin": f"https://{site.authority(page)}",
    }
    body = json.dumps({"query": query}).encode()
    answer = site.ask(page, "/graphql", "POST", headers=headers, body=body)
    # 500: Dagster refuses some mutations with an answer that its own types do not hold
    assert answer.status in {200, 400, 500}, answer
    return json.loads(answer.body)


def test_the_read_only_webserver_refuses_every_mutation(site: Front):
    for what, mutation in MUTATIONS.items():
        told = json.dumps(graphql(site, "review", mutation))
        assert "UnauthorizedError" in told or "not authorized" in told.lower(), (what, told[:300])
    runs = graphql(site, "review", "{ runsOrError { ... on Runs { results { runId } } } }")
    assert runs["data"]["runsOrError"]["results"] == []


def test_the_same_mutation_is_taken_from_an_operator(site: Front):
    told = graphql(site, "operate", MUTATIONS["end a run"])
    assert told["data"]["terminateRun"]["__typename"] == "RunNotFoundError"


def test_permissions_told_to_the_page_of_reviewers_are_all_off(site: Front):
    told = graphql(site, "review", "{ permissions { permission value } }")["data"]["permissions"]
    assert told
    assert [each["permission"] for each in told if each["value"]] == []


def _websocket(
    site: Front, page: str, path: str, origin: str, person: bool = True
) -> ClientConnection:
    context = ssl.create_default_context(cafile=site.base / "cert.pem")
    plain = socket.create_connection(("127.0.0.1", site.ports[page]), timeout=20)
    return connect(
        f"wss://{site.authority(page)}{path}",
        sock=plain,
        ssl=context,
        origin=origin,  # type: ignore[arg-type] # a NewType of str
        subprotocols=[Subprotocol("graphql-ws")] if path == "/graphql" else None,
        additional_headers=site.signed_in(page) if person else {},
    )


@pytest.mark.parametrize("page", ["review", "operate"])
def test_a_subscription_goes_through(site: Front, page: str):
    with _websocket(site, page, "/graphql", f"https://{site.authority(page)}") as socket_:
        socket_.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket_.recv(20))["type"] == "connection_ack"
        query = "subscription { locationStateChangeEvents { __typename } }"
        socket_.send(json.dumps({"id": "1", "type": "start", "payload": {"query": query}}))
        socket_.send(
            json.dumps({"id": "2", "type": "start", "payload": {"query": MUTATIONS["wipe"]}})
        )
        told = json.loads(socket_.recv(20))
        assert told["id"] == "2"  # a mutation is no subscription
        assert "wipeAssets" not in json.dumps(told.get("payload", {}).get("data") or {})


@pytest.mark.parametrize("page", ["review", "operate", "lab"])
def test_a_websocket_of_a_stranger_is_refused(site: Front, page: str):
    path = "/api/events/subscribe" if page == "lab" else "/graphql"
    for origin, person in (
        ("https://evil.example", True),
        (f"https://{NAME}", True),
        (f"https://{site.authority(page)}", False),
    ):
        with pytest.raises(InvalidStatus) as caught, _websocket(site, page, path, origin, person):
            pass
        assert caught.value.response.status_code == (403 if person else 401)


def test_the_lab_answers_through_its_socket_and_its_websocket_works(site: Front):
    deadline = time.monotonic() + START_SECONDS
    while (answer := site.ask("lab", "/lab")).status == 502 and time.monotonic() < deadline:
        assert site.started[-1].poll() is None, (site.base / "lab.out").read_text("utf-8")[-2000:]  # type: ignore[attr-defined] # set by the fixture
        time.sleep(0.5)
    assert answer.status == 200
    assert b"JupyterLab" in answer.body
    with _websocket(site, "lab", "/api/events/subscribe", f"https://{site.authority('lab')}"):
        pass
    hidden = site.ask("lab", "/files/.git/config")
    assert hidden.status in {403, 404}


def test_all_programs_listen_on_this_machine_only(site: Front):
    listening: set[str] = set()
    for process in site.started:  # type: ignore[attr-defined] # set by the fixture
        family = psutil.Process(process.pid)
        for each in (family, *family.children(recursive=True)):
            for found in each.net_connections("inet"):
                if found.status == psutil.CONN_LISTEN:
                    listening.add(found.laddr.ip)
    assert listening == {"127.0.0.1"}
    assert site.socket.stat().st_mode & 0o007 == 0


@pytest.mark.tool("chromium")
def test_the_page_of_reviewers_works_in_a_browser(site: Front, tool_path: Any):
    said: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=tool_path("chromium"),
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
                f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
            ],
        )
        try:
            realm = REALMS["review"]
            context = browser.new_context(
                ignore_https_errors=True,
                http_credentials={"username": f"mot-{realm}", "password": site.passwords[realm]},
                viewport={"width": 1600, "height": 1000},
            )
            page = context.new_page()
            page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
            page.goto(f"https://{site.authority('review')}/asset-groups")
            try:
                page.get_by_text(GROUPS["core"], exact=True).first.wait_for(timeout=120_000)
            finally:
                if folder := os.environ.get("QCDC_SHOTS"):
                    page.screenshot(path=str(Path(folder) / "access-review.png"))
        finally:
            browser.close()
    refused = [each for each in said if "Content Security Policy" in each or "WebSocket" in each]
    assert refused == []
