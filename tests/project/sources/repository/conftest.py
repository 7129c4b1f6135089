"""Repositories served by `git http-backend` on loopback."""

import os
import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

IDENTITY = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *IDENTITY, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Forge:
    """A host of repositories."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[str] = []
        self.failing = ""
        """Status with which every request fails; empty for none."""
        self.delay = 0.0
        """Seconds before each answer."""
        forge = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                forge.asked.append(self.path)
                time.sleep(forge.delay)
                if forge.failing:
                    self.send_error(int(forge.failing))
                    return
                forge.answer(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer as `git http-backend` does."""
        path, _, query = request.path.partition("?")
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        variables = {
            "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path, "QUERY_STRING": query,
            "REQUEST_METHOD": request.command, "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""), "PATH": os.environ["PATH"],
        }  # fmt: skip
        done = subprocess.run(["git", "http-backend"], input=body, env=variables, capture_output=True, check=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        request.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def publish(self, name: str, files: dict[str, str], *tags: str) -> str:
        """Commit files to a repository, and tag the commit; its id."""
        folder = self.root / name
        if not folder.exists():
            folder.mkdir(parents=True)
            git(folder, "init", "--quiet")
            git(folder, "config", "uploadpack.allowFilter", "true")
            git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
        for file, content in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(content)
        git(folder, "add", "-A")
        git(folder, "commit", "--quiet", "-m", "next")
        for tag in tags:
            git(folder, "tag", "-a", "-m", tag, tag)
        return git(folder, "rev-parse", "HEAD")

    def url(self, name: str) -> str:
        return f"http://{self.host}/{name}"


@pytest.fixture
def forge(tmp_path):
    if shutil.which("git") is None:
        pytest.skip("git isn't installed")
    made = Forge(tmp_path / "forge")
    yield made
    made.server.shutdown()
    made.server.server_close()
