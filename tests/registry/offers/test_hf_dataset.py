"""Packages on the hub, against a server that speaks the hub's addresses as far as its client asks for them."""

import base64
import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest

from vrom.errors import HubError, InvalidArgumentError, MismatchError, PackageLimitError, TransferError
from vrom.format.limits import Limits
from vrom.registry.install import take
from vrom.registry.offers.hf_dataset import Dataset, from_dataset, parse_address
from vrom.registry.publish.upload import upload

REPOSITORY = "someone/kettle"
ADDRESS = f"hf://datasets/{REPOSITORY}"
NOWHERE = "http://127.0.0.1:9"
LARGE = "index.json"


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Hub:
    """Repositories by name, each a list of commits: files by path."""

    commits: list[dict[str, bytes]] = field(default_factory=list)
    created: list[dict] = field(default_factory=list)
    uploaded: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    serves_instead: dict[str, bytes] = field(default_factory=dict)
    refuses_with: int = 0
    port: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def commit(self, revision: str) -> int:
        return len(self.commits) - 1 if revision == "main" else int(revision, 16) - 1

    def listing(self, number: int) -> dict:
        siblings = []
        for path, content in self.commits[number].items():
            entry = {"rfilename": path, "size": len(content), "blobId": blob_id(content)}
            if path == LARGE:
                entry["lfs"] = {"sha256": sha256(content), "size": len(content), "pointerSize": 134}
            siblings.append(entry)
        return {"id": REPOSITORY, "sha": f"{number + 1:040x}", "siblings": siblings}


class Handler(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_GET(self):
        self.handle_request(b"")

    do_HEAD = do_GET

    def do_POST(self):
        self.handle_request(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    do_PUT = do_POST

    def handle_request(self, body):
        hub, path = self.hub, unquote(urlsplit(self.path).path)
        hub.asked.append(f"{self.command} {path}")
        hub.tokens.add(self.headers.get("authorization"))
        if hub.refuses_with:
            return self.send(hub.refuses_with, {})
        match path.strip("/").split("/"):
            case ["api", "datasets", _, _, "revision", revision]:
                if not hub.commits or hub.commit(revision) >= len(hub.commits):
                    return self.send(404, {}, {"X-Error-Code": "RevisionNotFound"})
                return self.send(200, hub.listing(hub.commit(revision)))
            case ["datasets", _, _, "resolve", revision, name]:
                return self.send_file(revision, name)
            case ["api", "repos", "create"]:
                hub.created.append(json.loads(body))
                return self.send(200, {"url": f"{hub.endpoint}/datasets/{REPOSITORY}", "name": REPOSITORY})
            case ["api", "validate-yaml"]:
                return self.send(200, {"errors": [], "warnings": []})
            case ["api", "datasets", _, _, "preupload", "main"]:
                files = json.loads(body)["files"]
                modes = [
                    {
                        "path": file["path"],
                        "uploadMode": "lfs" if file["path"] == LARGE else "regular",
                        "shouldIgnore": False,
                    }
                    for file in files
                ]
                return self.send(200, {"files": modes})
            case ["datasets", _, _, "info", "lfs", "objects", "batch"]:
                objects = [
                    {**asked, "actions": {"upload": {"href": f"{hub.endpoint}/upload/{asked['oid']}"}}}
                    for asked in json.loads(body)["objects"]
                ]
                return self.send(200, {"transfer": "basic", "objects": objects})
            case ["upload", oid]:
                assert sha256(body) == oid
                hub.uploaded[oid] = body
                return self.send(200, {})
            case ["api", "datasets", _, _, "commit", "main"]:
                return self.take_commit([json.loads(line) for line in body.splitlines()])
        return self.send(404, {}, {"X-Error-Code": "EntryNotFound"})

    def take_commit(self, lines):
        files = dict(self.hub.commits[-1]) if self.hub.commits else {}
        for line in lines[1:]:
            value = line["value"]
            is_large = line["key"] == "lfsFile"
            files[value["path"]] = self.hub.uploaded[value["oid"]] if is_large else base64.b64decode(value["content"])
        self.hub.commits.append(files)
        oid = f"{len(self.hub.commits):040x}"
        url = f"{self.hub.endpoint}/datasets/{REPOSITORY}/commit/{oid}"
        return self.send(200, {"success": True, "commitUrl": url, "commitOid": oid})

    def send_file(self, revision, name):
        files = self.hub.commits[self.hub.commit(revision)] if self.hub.commits else {}
        if name not in files:
            return self.send(404, {}, {"X-Error-Code": "EntryNotFound"})
        content = files[name]
        digest = sha256(content) if name == LARGE else blob_id(content)
        commit = f"{self.hub.commit(revision) + 1:040x}"
        return self.send(
            200, self.hub.serves_instead.get(name, content), {"ETag": f'"{digest}"', "X-Repo-Commit": commit}
        )

    def send(self, status, content, headers=None):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def log_message(self, *_args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


@pytest.fixture
def hub(monkeypatch, tmp_path):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_PROGRESS_BARS", True)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub = Hub()
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    hub.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    yield hub
    server.shutdown()
    server.server_close()


@pytest.fixture
def on_hub(hub, kettle):
    hub.commits.append({file.name: file.read_bytes() for file in kettle.iterdir()} | {"README.md": b"# Kettle"})
    return hub


@pytest.fixture
def pull(hub, downloads, store):
    def pull(address=ADDRESS, endpoint=None, **options):
        return take(from_dataset(address, downloads, endpoint or hub.endpoint), store, **options)

    return pull


class TestPulling:
    def test_a_dataset_is_a_package(self, on_hub, pull, kettle):
        pulled = pull()
        assert pulled.package.record.origin.address == f"{ADDRESS}@{1:040x}"
        for name in ("manifest.json", "index.json"):
            assert (pulled.package.folder / name).read_bytes() == (kettle / name).read_bytes()
        assert not (pulled.package.folder / "README.md").exists()
        assert on_hub.tokens == {"Bearer hf_secret"}

    def test_its_word_pieces_come_with_it_and_from_the_cache(self, hub, kettle, add_word_pieces, pull):
        add_word_pieces(kettle)
        hub.commits.append({file.name: file.read_bytes() for file in kettle.iterdir()})
        for options in ({}, {"endpoint": NOWHERE, "force": True}):
            pulled = pull(f"{ADDRESS}@{1:040x}", **options)
            assert (pulled.package.folder / "tokens.bin").read_bytes() == (kettle / "tokens.bin").read_bytes()

    def test_the_same_commit_is_here_already_and_a_new_one_is_not(self, on_hub, pull):
        pull()
        assert not pull().changed
        on_hub.commits.append(on_hub.commits[0] | {"README.md": b"# New"})
        assert pull().changed

    def test_an_earlier_revision(self, on_hub, pull):
        on_hub.commits.append({"README.md": b"# Nothing any more"})
        assert pull(f"{ADDRESS}@{1:040x}").changed
        with pytest.raises(HubError, match=r"no manifest\.json"):
            pull()

    def test_offline_what_the_hubs_client_has_cached_serves(self, on_hub, pull, tmp_path):
        commit = f"{1:040x}"
        pull(f"{ADDRESS}@{commit}")
        assert pull(f"{ADDRESS}@{commit}", endpoint=NOWHERE, force=True).changed

    def test_offline_without_a_cache_the_reason_is_said(self, pull):
        with pytest.raises(TransferError, match="refused"):
            pull(endpoint=NOWHERE)

    @pytest.mark.parametrize("code", [401, 403, 404])
    def test_a_refusal_is_passed_on(self, on_hub, pull, code):
        pull()
        on_hub.refuses_with = code
        with pytest.raises(TransferError, match=str(code)):
            pull()

    @pytest.mark.parametrize("name", ["manifest.json", "index.json"])
    def test_a_file_unlike_the_listing_is_refused(self, on_hub, pull, store, name):
        on_hub.serves_instead[name] = on_hub.commits[0][name][:-1] + b" "
        with pytest.raises((MismatchError, TransferError)):
            pull()
        assert store.installed() == []

    def test_a_file_that_is_too_large_is_not_fetched(self, on_hub, pull, downloads):
        downloads.limit = 2000
        with pytest.raises(TransferError, match="limit of 2,000"):
            pull()
        assert not any(asked.startswith("GET") and asked.endswith(LARGE) for asked in on_hub.asked)


@pytest.mark.parametrize(
    ("address", "dataset"),
    [
        (ADDRESS, Dataset(REPOSITORY)),
        (f"{ADDRESS}@v1.2", Dataset(REPOSITORY, "v1.2")),
        (f"{ADDRESS}@refs/pr/1", Dataset(REPOSITORY, "refs/pr/1")),
    ],
)
def test_an_address_is_owner_name_and_revision(address, dataset):
    assert parse_address(address) == dataset


@pytest.mark.parametrize(
    "address", ["hf://someone/kettle", "hf://datasets/kettle", "hf://datasets/a/b/c", "hf://", f"{ADDRESS}@"]
)
def test_other_addresses_are_refused(address):
    with pytest.raises(InvalidArgumentError, match="Expected hf://datasets/OWNER/NAME"):
        parse_address(address)


@pytest.mark.filterwarnings("ignore:Use 'content=<...>'")  # the hub's client, when it sends large files
class TestPublishing:
    def test_what_is_published_is_what_is_pulled(self, hub, kettle, pull):
        address = upload(kettle, REPOSITORY, endpoint=hub.endpoint)
        assert address.endswith(f"/commit/{1:040x}")
        assert hub.created[0].items() >= {"type": "dataset", "name": "kettle"}.items()
        pulled = pull().package.folder
        for name in ("manifest.json", "index.json"):
            assert (pulled / name).read_bytes() == (kettle / name).read_bytes()

    def test_a_card_says_what_it_is_and_how_to_use_it(self, hub, kettle):
        upload(kettle, REPOSITORY, endpoint=hub.endpoint)
        card = hub.commits[0]["README.md"].decode()
        for said in ("How to boil water", f"vrom pull {ADDRESS}", "- vrom", "1.0.0"):
            assert said in card

    def test_a_card_that_is_there_stays(self, hub, kettle):
        hub.commits.append({"README.md": b"# Mine"})
        upload(kettle, REPOSITORY, endpoint=hub.endpoint)
        assert hub.commits[1]["README.md"] == b"# Mine"

    def test_all_of_it_is_one_commit(self, hub, kettle):
        upload(kettle, REPOSITORY, endpoint=hub.endpoint)
        assert len(hub.commits) == 1

    def test_a_refusal_says_how_to_log_in(self, hub, kettle):
        hub.refuses_with = 401
        with pytest.raises(HubError, match="hf auth login"):
            upload(kettle, REPOSITORY, endpoint=hub.endpoint)

    def test_it_is_read_within_the_limits_that_are_set(self, hub, kettle):
        with pytest.raises(PackageLimitError):
            upload(kettle, REPOSITORY, endpoint=hub.endpoint, limits=Limits(file_bytes=100))
        assert hub.commits == []

    def test_a_broken_package_is_not_published(self, hub, kettle):
        (kettle / "index.json").write_text("{}")
        with pytest.raises(Exception, match=r"index\.json"):
            upload(kettle, REPOSITORY, endpoint=hub.endpoint)
        assert hub.commits == hub.created == []
