from collections import Counter

import numpy as np
import onnx
import pytest

from vrom.embedding.native import import_onnxruntime
from vrom.embedding.onnx import session
from vrom.embedding.onnx.session import WEIGHTS_FILE, lay_out, open_session

TOKENS = {name: np.array([row], dtype=np.int64) for name, row in {
    "input_ids": [101, 2129, 2079, 102], "attention_mask": [1] * 4, "token_type_ids": [0] * 4,
}.items()}  # fmt: skip


@pytest.fixture
def laid_out(model_folder, tmp_path):
    """The real model as a session runs it."""
    lay_out(model_folder / "model.onnx", tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


def test_a_model_that_is_laid_out_gives_the_same_to_the_bit(model_folder, laid_out):
    (as_it_is,) = open_session(model_folder / "model.onnx").run(None, TOKENS)
    (prepared,) = open_session(laid_out, is_laid_out=True).run(None, TOKENS)
    assert as_it_is.tobytes() == prepared.tobytes()


def test_a_session_agrees_with_one_that_onnxruntime_makes_by_default(model_folder):
    model = str(model_folder / "model.onnx")
    options = import_onnxruntime().SessionOptions()
    if session.is_precise():  # by default products saturate on this processor
        options.add_session_config_entry("session.x64quantprecision", "1")
    default = import_onnxruntime().InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (expected,) = default.run(None, TOKENS)
    np.testing.assert_allclose(open_session(model_folder / "model.onnx").run(None, TOKENS)[0], expected, atol=1e-5)


def test_weights_lie_beside_the_graph_and_slow_fusions_are_left_out(laid_out):
    graph = onnx.load(laid_out, load_external_data=False).graph
    outside = sum(len(one.external_data) > 0 for one in graph.initializer)
    assert outside >= 36, "the kernels of six layers"
    assert (laid_out.parent / WEIGHTS_FILE).stat().st_size > 20_000_000
    operators = Counter(node.op_type for node in graph.node)
    assert operators["LayerNormalization"] == 13
    assert "SkipLayerNormalization" not in operators


@pytest.fixture
def precise(monkeypatch):
    """Sessions as they are made on a processor without VNNI."""
    monkeypatch.setattr(session, "is_precise", lambda: True)


def test_without_vnni_sessions_ask_for_kernels_that_cannot_saturate(precise):
    options = session._options(import_onnxruntime().GraphOptimizationLevel.ORT_ENABLE_ALL)
    assert options.get_session_config_entry("session.x64quantprecision") == "1"


@pytest.mark.skipif(session.is_precise(), reason="this processor has no VNNI, so there is nothing to compare with")
def test_the_precise_kernels_give_the_bits_that_vnni_gives(model_folder, monkeypatch):
    (expected,) = open_session(model_folder / "model.onnx").run(None, TOKENS)
    monkeypatch.setattr(session, "is_precise", lambda: True)
    (precise,) = open_session(model_folder / "model.onnx").run(None, TOKENS)
    assert precise.tobytes() == expected.tobytes()


def test_a_precise_model_that_is_laid_out_gives_the_same_to_the_bit(precise, model_folder, tmp_path):
    lay_out(model_folder / "model.onnx", tmp_path / "model.onnx")
    (as_it_is,) = open_session(model_folder / "model.onnx").run(None, TOKENS)
    (prepared,) = open_session(tmp_path / "model.onnx", is_laid_out=True).run(None, TOKENS)
    assert as_it_is.tobytes() == prepared.tobytes()
