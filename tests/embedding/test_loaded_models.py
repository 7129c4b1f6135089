import shutil
import threading

import pytest

from vrom.embedding.loaded_models import Embedders
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.errors import ModelBrokenError, ModelMissingError, ModelUnknownError


class CountingStore(ModelStore):
    """A store that counts how often a model was loaded from it, and tried."""

    opened = 0

    def open(self, spec):
        self.opened += 1
        return super().open(spec)


@pytest.fixture
def store(tmp_path):
    (tmp_path / "models").mkdir()
    return CountingStore(tmp_path / "models")


@pytest.fixture
def arrive(store, model_folder):
    """Put the model in place, as `vrom model pull` in another terminal does."""

    def put():
        shutil.copytree(model_folder, store.folder / "arriving")
        (store.folder / "arriving").rename(store.folder / model_folder.name)
        return store.folder / model_folder.name

    return put


def test_cartridges_with_the_same_model_share_it(store, arrive):
    arrive()
    pool = Embedders(store)
    by_source = DEFAULT_SPEC.model_copy(update={"model": "sentence-transformers/all-minilm-l6-v2"})
    assert pool.get(DEFAULT_SPEC) is pool.get(by_source)
    assert store.opened == 1


def test_concurrent_callers_load_it_once(store, arrive):
    arrive()
    pool, found, barrier = Embedders(store), [], threading.Barrier(6)

    def ask():
        barrier.wait()
        found.append(pool.get(DEFAULT_SPEC))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(map(id, found))) == 1
    assert store.opened == 1


def test_a_missing_model_is_looked_for_once_and_found_when_it_comes(store, arrive):
    pool = Embedders(store)
    for _ in range(3):
        with pytest.raises(ModelMissingError, match="vrom model pull"):
            pool.get(DEFAULT_SPEC)
    assert store.opened == 1, "nothing has changed, so nothing is tried again"
    arrive()
    assert pool.get(DEFAULT_SPEC).dimensions == 384


def test_a_broken_model_is_read_once_and_found_when_it_is_mended(store, arrive, tmp_path):
    folder = arrive()
    whole = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    pool = Embedders(store)
    for _ in range(3):
        with pytest.raises(ModelBrokenError, match=r"model\.onnx.*vrom model pull"):
            pool.get(DEFAULT_SPEC)
    assert store.opened == 1
    shutil.rmtree(folder)
    arrive()
    assert pool.get(DEFAULT_SPEC).dimensions == 384


def test_a_file_mended_in_place_is_noticed(store, arrive):
    folder = arrive()
    whole = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(whole[::-1])
    pool = Embedders(store)
    with pytest.raises(ModelBrokenError):
        pool.get(DEFAULT_SPEC)
    (folder / "model.onnx").write_bytes(whole)
    assert pool.get(DEFAULT_SPEC).dimensions == 384


def test_an_unknown_model_is_an_error_every_time(store):
    pool = Embedders(store)
    for _ in range(2):
        with pytest.raises(ModelUnknownError):
            pool.get(DEFAULT_SPEC.model_copy(update={"model": "nosuch", "model_source": None}))


def test_a_model_in_use_outlives_its_files(store, arrive):
    folder = arrive()
    pool = Embedders(store)
    embedder = pool.get(DEFAULT_SPEC)
    shutil.rmtree(folder)
    assert pool.get(DEFAULT_SPEC) is embedder
    assert embedder.embed(["still here"]).shape == (1, 384)
