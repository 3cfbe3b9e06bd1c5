"""nginx with the shipped configuration in front of programs, for tests that attack it.

Belongs here: writing its settings, starting and ending it, programs that only take note, asking.
Does not belong here: what must be refused.
"""

import base64
import http.client
import os
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
NAME = "qcdc.test"
SHIPPED = ROOT / "deploy" / "nginx"
PAGES = ("papers", "review", "operate", "lab")
REALMS = {"papers": "reviewers", "review": "reviewers", "operate": "operators", "lab": "analysts"}
START_SECONDS = 20.0
_MAIN = """user root;
worker_processes 2;
daemon off;
pid {base}/nginx.pid;
error_log {base}/error.log warn;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path {base}/t1; proxy_temp_path {base}/t2; fastcgi_temp_path {base}/t3;
    uwsgi_temp_path {base}/t4; scgi_temp_path {base}/t5;
    include {base}/qcdc.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    """What a page answered."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Noted:
    """What reached the programs behind: (page, method, path, headers)."""

    requests: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    """Says yes to everything and takes note of it."""

    noted: Noted
    page: str
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        """Take any method."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {key.lower(): value for key, value in self.headers.items()}
        self.noted.requests.append((self.page, self.command, self.path, headers))
        body = f"program behind {self.page}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen."""

    def address_string(self) -> str:
        """A socket of files has no address."""
        return "-"


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class Front:
    """nginx and what stands behind it. Use as a context: it ends what it started."""

    def __init__(self, base: Path, root: Path, **settings: str) -> None:
        """Write settings, a certificate and a password for each realm.

        Args:
            base: An empty folder with a short name: it holds a socket.
            root: The project whose papers are shown.
            **settings: In place of the usual ones.
        """
        self.base, self.root = base, root
        self.ports = {page: free_port() for page in PAGES}
        self.reader, self.operator = free_port(), free_port()
        self.socket = base / "lab.sock"
        self.noted = Noted()
        self._servers: list[socketserver.BaseServer] = []
        self._nginx: subprocess.Popen[bytes] | None = None
        self.env = dict(os.environ) | {
            "QCDC_ROOT": str(root),
            "QCDC_NGINX": str(base),
            "QCDC_NGINX_LOG": str(base / "access.log"),
            "QCDC_HOSTS": NAME,
            "QCDC_OPERATOR_PORT": str(self.operator),
            "QCDC_READER_PORT": str(self.reader),
            "QCDC_LAB_SOCKET": str(self.socket),
            "QCDC_LOGIN_DELAY": "20ms",
            "QCDC_WEB_GROUP": "root",
            **{
                f"QCDC_{page.upper()}_LISTEN": f"127.0.0.1:{port}"
                for page, port in self.ports.items()
            },
            **settings,
        }
        (base / "nginx.conf").write_text(_MAIN.format(base=base), encoding="utf-8")
        self.shell("render.sh", str(base / "qcdc.conf"))
        self._certificate()
        self.passwords = {realm: self._person(realm) for realm in set(REALMS.values())}

    def shell(self, script: str, *arguments: str) -> str:
        """Run one of the shipped scripts; give what it said."""
        command = ["sh", str(SHIPPED / script), *arguments]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _person(self, realm: str) -> str:
        said = self.shell("add-user.sh", realm, f"mot-{realm}")
        return said.strip().splitlines()[-1].rsplit(" ", 1)[1]

    def _certificate(self) -> None:
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
                *("-keyout", str(self.base / "key.pem"), "-out", str(self.base / "cert.pem")),
                *("-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"),
            ],
            check=True,
            capture_output=True,
        )

    def stand_in(self) -> None:
        """Put programs that only take note behind nginx."""
        for page, port in (("review", self.reader), ("operate", self.operator)):
            handler = type("_Of", (_Handler,), {"noted": self.noted, "page": page})
            self._servers.append(_Tcp(("127.0.0.1", port), handler))
        handler = type("_Of", (_Handler,), {"noted": self.noted, "page": "lab"})
        self._servers.append(_Unix(str(self.socket), handler))
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> Self:
        """Start nginx and wait until it answers."""
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        command = [nginx, "-p", str(self.base), "-c", str(self.base / "nginx.conf")]
        with (self.base / "nginx.out").open("wb") as out:
            self._nginx = subprocess.Popen(command, stdout=out, stderr=out)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._nginx.poll() is None, (self.base / "nginx.out").read_text()
            try:
                socket.create_connection(("127.0.0.1", self.ports["lab"]), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        self.__exit__()
        raise AssertionError("nginx does not answer")

    def __exit__(self, *_: object) -> None:
        """End nginx and the programs behind."""
        if self._nginx is not None and self._nginx.poll() is None:
            self._nginx.terminate()
            try:
                self._nginx.wait(10)
            except subprocess.TimeoutExpired:
                self._nginx.kill()
                self._nginx.wait(10)
        for server in self._servers:
            server.shutdown()
            server.server_close()

    # --- asking

    def authority(self, page: str) -> str:
        """Host and port of a page, as a browser writes them."""
        return f"{NAME}:{self.ports[page]}"

    def signed_in(self, page: str) -> dict[str, str]:
        """The header of a person who may see a page."""
        realm = REALMS[page]
        return credentials(f"mot-{realm}", self.passwords[realm])

    def ask(
        self,
        page: str,
        path: str = "/",
        method: str = "GET",
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        person: bool = True,
        host: str | None = None,
    ) -> Answer:
        """Send one request, its path as it is.

        Args:
            page: One of ``PAGES``.
            path: Path and query; nothing is tidied.
            method: Any.
            headers: More of them.
            body: What is sent.
            person: With the password of somebody who may see the page.
            host: In place of the right one.
        """
        context = ssl.create_default_context(cafile=self.base / "cert.pem")
        context.check_hostname = False
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.ports[page], context=context, timeout=20
        )
        sent = {"Host": host if host is not None else self.authority(page)}
        sent |= self.signed_in(page) if person else {}
        sent |= headers or {}
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            got = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, got, answer.read())
        finally:
            connection.close()


def credentials(name: str, password: str) -> dict[str, str]:
    """The header with a name and a password."""
    told = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {told}"}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
