import pytest

from vrom.embedding.download.hub import fetch
from vrom.embedding.model_record import sha256_of
from vrom.embedding.recipes import DEFAULT_SPEC, resolve
from vrom.errors import DownloadError, ModelBrokenError

MODEL = "onnx/model_quantized.onnx"
NOWHERE = "http://127.0.0.1:9"
RECIPE = resolve(DEFAULT_SPEC)

pytestmark = pytest.mark.usefixtures("client_cache")


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def damaged(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def test_the_model_and_its_tokenizer_come_and_nothing_else(hub, into):
    provenance = fetch(RECIPE, into, endpoint=hub.endpoint)
    assert {file.name: file.read_bytes() for file in into.iterdir()} == {
        "model.onnx" if path == MODEL else path: content for path, content in hub.files.items() if path != "README.md"
    }
    assert provenance.origin == "hub (Xenova/all-MiniLM-L6-v2)"
    assert provenance.upstream[MODEL] == sha256_of(into / "model.onnx")
    assert hub.downloads("README.md") == 0


def test_a_model_in_several_files_and_folders_comes_as_it_is_laid_out(hub, into, make_model):
    tiny = make_model("ibm-granite/granite-embedding-small-english-r2")
    hub.repository = tiny.recipe.repository
    hub.files = {
        file.relative_to(tiny.folder).as_posix(): file.read_bytes()
        for file in tiny.folder.rglob("*.*")
        if file.is_file()
    }
    fetch(tiny.recipe, into, endpoint=hub.endpoint)
    assert {"onnx/model.onnx", "onnx/model.onnx_data"} <= hub.files.keys()
    assert {path: (into / path).read_bytes() for path in hub.files} == hub.files


def test_progress_counts_the_bytes_of_all_files(hub, into, capfd):
    seen = []
    fetch(RECIPE, into, lambda *report: seen.append(report), hub.endpoint)
    size = sum(len(content) for path, content in hub.files.items() if path != "README.md")
    counts = [done for _, done, total in seen if total is not None]
    assert counts == sorted(counts)
    assert (counts[-1], seen[-1][2]) == (size, size)
    assert capfd.readouterr().out == ""


def test_the_users_token_is_sent_to_the_hub_alone(hub, into, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(RECIPE, into, endpoint=hub.endpoint)
    assert hub.tokens == {"hub": {"Bearer hf_secret"}, "large files": {None}}


def test_files_cached_earlier_are_not_downloaded_again(hub, into):
    fetch(RECIPE, into, endpoint=hub.endpoint)
    fetch(RECIPE, into, endpoint=hub.endpoint)
    assert hub.downloads(f"/large/{MODEL}") == 1


@pytest.fixture
def cached(hub, into, client_cache):
    """The client's cache as other programs leave it, and the hub out of reach."""
    fetch(RECIPE, into, endpoint=hub.endpoint)
    (repository,) = client_cache.glob("models--*")
    (commit,) = (repository / "snapshots").iterdir()
    (repository / "refs").mkdir(exist_ok=True)
    (repository / "refs" / "main").write_text(commit.name)
    for file in into.iterdir():
        file.unlink()
    return commit


def test_files_cached_earlier_serve_without_the_hub(hub, into, cached):
    provenance = fetch(RECIPE, into, endpoint=NOWHERE)
    assert (into / "model.onnx").read_bytes() == hub.files[MODEL]
    assert provenance.upstream[MODEL] == sha256_of(into / "model.onnx")


def test_a_damaged_cache_does_not(hub, into, cached):
    (cached / MODEL).resolve().write_bytes(damaged(hub.files[MODEL]))
    with pytest.raises(ModelBrokenError, match="from the hub"):
        fetch(RECIPE, into, endpoint=NOWHERE)


def test_an_incomplete_cache_does_not(into, cached):
    (cached / MODEL).unlink()
    with pytest.raises(DownloadError, match="refused"):
        fetch(RECIPE, into, endpoint=NOWHERE)


@pytest.mark.parametrize("path", [MODEL, "tokenizer.json"])
def test_a_file_unlike_the_listing_is_refused(hub, into, path):
    hub.serves_instead[path] = damaged(hub.files[path])
    with pytest.raises(ModelBrokenError, match=f"{path} from the hub"):
        fetch(RECIPE, into, endpoint=hub.endpoint)


@pytest.mark.slow
@pytest.mark.parametrize("path", [MODEL, "tokenizer.json"])
def test_a_damaged_file_in_the_clients_cache_is_fetched_again(hub, into, client_cache, path):
    fetch(RECIPE, into, endpoint=hub.endpoint)
    (cached,) = client_cache.glob(f"models--*/snapshots/*/{path}")
    cached.resolve().write_bytes(damaged(hub.files[path]))
    fetch(RECIPE, into, endpoint=hub.endpoint)
    assert (into / ("model.onnx" if path == MODEL else path)).read_bytes() == hub.files[path]


@pytest.mark.parametrize("path", [MODEL, "tokenizer.json"])
def test_a_repository_that_lacks_a_file_is_said_to(hub, into, path):
    del hub.files[path]
    with pytest.raises(DownloadError, match=f"all-MiniLM-L6-v2 has no {path}"):
        fetch(RECIPE, into, endpoint=hub.endpoint)


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_refusal_is_passed_on(hub, into, status):
    hub.refuses_with = status
    with pytest.raises(DownloadError, match=str(status)):
        fetch(RECIPE, into, endpoint=hub.endpoint)
    assert len(hub.requests) == 1, "asked once: the next origin is faster than a second try"


def test_a_hub_that_cannot_be_reached_is_said_to_be_so(into):
    with pytest.raises(DownloadError, match="refused"):
        fetch(RECIPE, into, endpoint=NOWHERE)


def test_a_listing_that_is_not_one_is_an_error_not_a_crash(hub, into, monkeypatch):
    monkeypatch.setattr(hub, "listing", lambda: ["not", "a", "listing"])
    with pytest.raises(DownloadError):
        fetch(RECIPE, into, endpoint=hub.endpoint)
