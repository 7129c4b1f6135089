import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from vrom.embedding.model_record import read_record
from vrom.embedding.model_store import ModelStore
from vrom.embedding.onnx import mapped_model as mapped
from vrom.embedding.onnx.mapped_model import FOLDER, KEPT_DAYS, make_mapped, mapped_folder, open_mapped
from vrom.embedding.onnx.session import WEIGHTS_FILE
from vrom.embedding.recipes import DEFAULT_SPEC, resolve

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="nothing tells one processor from another there")

RECIPE = resolve(DEFAULT_SPEC)
TEXTS = ["hello", "How do I make a cartridge of documentation?", "x" * 3000]


@pytest.fixture
def store(tmp_path, model_folder) -> ModelStore:
    """A store with a model that was never opened."""
    store = ModelStore(tmp_path / "models")
    store.folder.mkdir()
    shutil.copytree(model_folder, store.folder / RECIPE.folder)
    return store


@pytest.fixture
def model(store) -> Path:
    return store.folder / RECIPE.folder


@pytest.fixture
def record(model):
    return read_record(model)


@pytest.fixture
def folder(store, record) -> Path:
    found = mapped_folder(store.folder, RECIPE, record)
    assert found
    return found


def is_mapped(file: Path) -> bool:
    return str(file) in Path("/proc/self/maps").read_text()


def test_a_model_is_laid_out_when_it_is_opened_first_and_is_the_same_to_the_bit_ever_after(store, folder, embedder):
    first, second = store.open(DEFAULT_SPEC), store.open(DEFAULT_SPEC)
    assert open_mapped(folder, RECIPE, first.digest)
    assert first.digest == second.digest == embedder.digest
    for text in TEXTS:
        assert first.embed([text]).tobytes() == second.embed([text]).tobytes() == embedder.embed([text]).tobytes()
    assert first.max_tokens == second.max_tokens


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what a process has mapped")
def test_its_weights_are_a_map_of_the_file(store, folder):
    store.open(DEFAULT_SPEC)
    opened = store.open(DEFAULT_SPEC)
    assert is_mapped(folder / WEIGHTS_FILE)
    assert opened


def test_nothing_of_it_counts_as_a_model(store, folder):
    store.open(DEFAULT_SPEC)
    assert folder.is_dir()
    assert [status.folder.name for status in store.statuses()] == [RECIPE.folder]


@pytest.mark.slow
@pytest.mark.parametrize("name", [WEIGHTS_FILE, RECIPE.model_file, "tokenizer.json", "record.json"])
@pytest.mark.parametrize("harm", ["a bit turned", "cut short", "gone"])
def test_one_that_is_not_whole_is_made_again(store, folder, embedder, name, harm):
    store.open(DEFAULT_SPEC)
    file = folder / name
    content = bytearray(file.read_bytes())
    file.unlink()
    if harm == "a bit turned":
        content[len(content) // 2] ^= 0x40
    if harm != "gone":
        file.write_bytes(content[: len(content) // 2] if harm == "cut short" else content)
    assert store.open(DEFAULT_SPEC).embed(TEXTS[:1]).tobytes() == embedder.embed(TEXTS[:1]).tobytes()
    assert open_mapped(folder, RECIPE, embedder.digest)


def test_another_model_processor_kernel_or_version_of_onnxruntime_has_a_form_of_its_own(
    store, record, folder, monkeypatch
):
    file = record.files[RECIPE.model_file].model_copy(update={"sha256": "0" * 64})
    other = record.model_copy(update={"files": {**record.files, RECIPE.model_file: file}})
    places = {folder, mapped_folder(store.folder, RECIPE, other)}
    with monkeypatch.context() as patched:
        patched.setattr(mapped, "describe_processor", lambda: "another")
        places.add(mapped_folder(store.folder, RECIPE, record))
    with monkeypatch.context() as patched:
        patched.setattr(mapped, "is_precise", lambda: True)
        places.add(mapped_folder(store.folder, RECIPE, record))
    monkeypatch.setattr(mapped.import_onnxruntime(), "__version__", "0.0.0")
    places.add(mapped_folder(store.folder, RECIPE, record))
    assert len(places) == 5


def test_where_the_processor_is_not_known_a_model_is_loaded_as_it_is(store, embedder, monkeypatch):
    monkeypatch.setattr(mapped, "describe_processor", lambda: "")
    assert store.open(DEFAULT_SPEC).embed(TEXTS[:1]).tobytes() == embedder.embed(TEXTS[:1]).tobytes()
    assert not (store.folder / FOLDER).exists()


def test_a_form_that_gives_other_vectors_is_not_kept_nor_tried_again_that_day(model, record, folder, embedder):
    class Other:
        asked = 0

        def embed(self, texts):
            Other.asked += 1
            return np.nextafter(embedder.embed(texts), np.float32(2))

    for _ in range(2):
        make_mapped(folder, model, RECIPE, record, Other())
        assert open_mapped(folder, RECIPE, record.digest) is None
    assert Other.asked == 1
    yesterday = time.time() - 86401
    for file in folder.iterdir():
        os.utime(file, (yesterday, yesterday))
    make_mapped(folder, model, RECIPE, record, embedder)
    assert open_mapped(folder, RECIPE, record.digest)


def test_one_that_onnxruntime_cannot_lay_out_is_not_tried_again_that_day(model, record, folder, embedder):
    (model / RECIPE.model_file).write_bytes(b"no model")
    make_mapped(folder, model, RECIPE, record, embedder)
    assert [file.name for file in folder.iterdir()] == ["making"]


def test_a_folder_that_cannot_be_written_is_no_failure(store, embedder):
    (store.folder / FOLDER).write_text("a file in the way")
    for _ in range(2):
        assert store.open(DEFAULT_SPEC).embed(TEXTS[:1]).tobytes() == embedder.embed(TEXTS[:1]).tobytes()


def test_forms_that_were_made_long_ago_go_when_another_is_made(store, folder):
    old, new = store.folder / FOLDER / "old", store.folder / FOLDER / "new"
    for other in (old, new):
        other.mkdir(parents=True)
    long_ago = time.time() - (KEPT_DAYS + 1) * 86400
    os.utime(old, (long_ago, long_ago))
    store.open(DEFAULT_SPEC)
    assert folder.is_dir()
    assert new.is_dir()
    assert not old.exists()
