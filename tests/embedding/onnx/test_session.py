from collections import Counter

import numpy as np
import onnx
import pytest

from vrom.embedding.native import import_onnxruntime
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
    (expected,) = import_onnxruntime().InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, TOKENS)
    np.testing.assert_allclose(open_session(model_folder / "model.onnx").run(None, TOKENS)[0], expected, atol=1e-5)


def test_weights_lie_beside_the_graph_and_slow_fusions_are_left_out(laid_out):
    graph = onnx.load(laid_out, load_external_data=False).graph
    outside = sum(len(one.external_data) > 0 for one in graph.initializer)
    assert outside >= 36, "the kernels of six layers"
    assert (laid_out.parent / WEIGHTS_FILE).stat().st_size > 20_000_000
    operators = Counter(node.op_type for node in graph.node)
    assert operators["LayerNormalization"] == 13
    assert "SkipLayerNormalization" not in operators
