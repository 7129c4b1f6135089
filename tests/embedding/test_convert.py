"""The graph against a forward pass of BERT written down once more, in plain numpy."""

import json
import logging
import math

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from vrom.embedding.convert import BertConfig, bert_graph, convert
from vrom.embedding.native import import_onnxruntime
from vrom.embedding.record import sha256_of
from vrom.errors import ModelBrokenError

TEXTS = [
    "hi",
    "How do I train a model with DPO?",
    "`precompute_ref_log_probs=True` computes the reference log probabilities once, before training.",
    "| loss | paper |\n| --- | --- |\n| `sigmoid` | the Bradley-Terry model |\n| `ipo` | identity mapping |",
    "Größe, naïve café, 日本語, 🤗 and a very long word: " + "pneumonoultramicroscopicsilicovolcanoconiosis " * 20,
]
COSINE_OF_THE_SAME_MODEL = 0.9999
MEAN_COSINE_WHEN_QUANTIZED = 0.98


def bert(weights, config, ids):
    """Last hidden state, float64 (tokens, hidden)."""
    weights = {name: array.astype(np.float64) for name, array in weights.items() if array.dtype == np.float32}

    def dense(name, x):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(name, x):
        centred = x - x.mean(-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + config["layer_norm_eps"])
        return centred / deviation * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(x):
        return x.reshape(len(x), config["num_attention_heads"], -1).swapaxes(0, 1)

    h = weights["embeddings.word_embeddings.weight"][ids]
    h = h + weights["embeddings.position_embeddings.weight"][: len(ids)]
    h = norm("embeddings.LayerNorm", h + weights["embeddings.token_type_embeddings.weight"][0])
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}"
        query, key, value = (heads(dense(f"{at}.attention.self.{part}", h)) for part in ("query", "key", "value"))
        scores = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (shares / shares.sum(-1, keepdims=True) @ value).swapaxes(0, 1).reshape(len(ids), -1)
        h = norm(f"{at}.attention.output.LayerNorm", h + dense(f"{at}.attention.output.dense", mixed))
        inner = dense(f"{at}.intermediate.dense", h)
        inner = 0.5 * inner * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        h = norm(f"{at}.output.LayerNorm", h + dense(f"{at}.output.dense", inner))
    return h


def run(session, ids, mask=None):
    ids = np.atleast_2d(ids)
    mask = np.ones_like(ids) if mask is None else mask
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    return session.run(["last_hidden_state"], inputs)[0]


def pooled(hidden):
    mean = np.asarray(hidden, np.float64).mean(axis=0)
    return mean / np.linalg.norm(mean)


@pytest.fixture(scope="module")
def sessions(model_files):
    ort = import_onnxruntime()
    return {name: ort.InferenceSession(file, providers=["CPUExecutionProvider"]) for name, file in model_files.items()}


@pytest.fixture(scope="module")
def oracle(weights_folder):
    weights = load_file(weights_folder / "model.safetensors")
    config = json.loads((weights_folder / "config.json").read_text())
    return lambda ids: bert(weights, config, ids)


@pytest.fixture(scope="module")
def token_ids(weights_folder):
    tokenizer = Tokenizer.from_file(str(weights_folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    return [np.array(tokenizer.encode(text).ids) for text in TEXTS]


def test_the_graph_is_the_model(sessions, oracle, token_ids):
    for ids in token_ids:
        expected = oracle(ids)
        hidden = run(sessions["fp32"], ids)[0]
        assert np.abs(hidden - expected).max() < 1e-3
        assert pooled(hidden) @ pooled(expected) > COSINE_OF_THE_SAME_MODEL


def test_the_quantized_graph_stays_close(sessions, oracle, token_ids):
    cosines = [pooled(run(sessions["q8"], ids)[0]) @ pooled(oracle(ids)) for ids in token_ids]
    assert np.mean(cosines) > MEAN_COSINE_WHEN_QUANTIZED


def test_padding_that_the_mask_hides_changes_nothing(sessions, token_ids):
    ids = token_ids[1]
    padded = np.pad(ids, (0, 7))
    mask = np.pad(np.ones_like(ids), (0, 7))[None]
    alone, beside = run(sessions["fp32"], ids)[0], run(sessions["fp32"], padded, mask)[0, : len(ids)]
    assert np.abs(alone - beside).max() < 1e-4


def test_the_q8_file_is_about_a_quarter(model_files):
    assert 22e6 < model_files["q8"].stat().st_size < 24e6
    assert model_files["fp32"].stat().st_size > 89e6


@pytest.mark.parametrize("quantization", ["q8", "fp32"])
def test_the_same_weights_give_the_same_bytes(weights_folder, model_files, tmp_path, quantization):
    again = tmp_path / "again.onnx"
    convert(weights_folder / "model.safetensors", weights_folder / "config.json", again, quantization)
    assert sha256_of(again) == sha256_of(model_files[quantization])


TINY = BertConfig(
    model_type="bert",
    hidden_act="gelu",
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    layer_norm_eps=1e-12,
)


def tiny_weights():
    """Random weights of a BERT with one layer of 8."""
    shapes = {
        "embeddings.word_embeddings.weight": (50, 8), "embeddings.position_embeddings.weight": (16, 8),
        "embeddings.token_type_embeddings.weight": (2, 8),
        "encoder.layer.0.attention.self.query": (8, 8), "encoder.layer.0.attention.self.key": (8, 8),
        "encoder.layer.0.attention.self.value": (8, 8), "encoder.layer.0.attention.output.dense": (8, 8),
        "encoder.layer.0.intermediate.dense": (32, 8), "encoder.layer.0.output.dense": (8, 32),
        "embeddings.LayerNorm": (8,), "encoder.layer.0.attention.output.LayerNorm": (8,),
        "encoder.layer.0.output.LayerNorm": (8,),
    }  # fmt: skip
    random = np.random.default_rng(3)
    weights = {}
    for name, shape in shapes.items():
        if name.endswith("weight"):
            weights[name] = random.standard_normal(shape).astype(np.float32)
        else:
            weights[f"{name}.weight"] = random.standard_normal(shape).astype(np.float32)
            weights[f"{name}.bias"] = random.standard_normal(shape[0]).astype(np.float32)
    return weights


def test_the_shape_comes_from_the_configuration():
    session = import_onnxruntime().InferenceSession(bert_graph(tiny_weights(), TINY).SerializeToString())
    ids = np.array([3, 1, 4, 1, 5])
    assert np.abs(run(session, ids)[0] - bert(tiny_weights(), TINY.model_dump(), ids)).max() < 1e-5


@pytest.fixture
def tiny(tmp_path):
    save_file(tiny_weights(), tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(TINY.model_dump_json())
    return tmp_path


def test_quantizing_says_nothing_and_leaves_logging_as_it_was(tiny, capfd):
    root = logging.getLogger()
    before = (list(root.handlers), list(root.filters), root.level)
    convert(tiny / "model.safetensors", tiny / "config.json", tiny / "model.onnx", "q8")
    assert (list(root.handlers), list(root.filters), root.level) == before
    assert capfd.readouterr() == ("", "")


DAMAGES = {
    "weights cut short": lambda folder: cut(folder / "model.safetensors"),
    "weights that are something else": lambda folder: (folder / "model.safetensors").write_bytes(b"PK\x03\x04"),
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "a tensor missing": lambda folder: save_file(
        {name: array for name, array in tiny_weights().items() if "value" not in name}, folder / "model.safetensors"
    ),
    "configuration of another architecture": lambda folder: reconfigure(folder, model_type="roberta"),
    "another activation": lambda folder: reconfigure(folder, hidden_act="relu"),
    "no heads": lambda folder: reconfigure(folder, num_attention_heads=0),
    "heads that don't divide the size": lambda folder: reconfigure(folder, num_attention_heads=3),
    "configuration that is not JSON": lambda folder: (folder / "config.json").write_text("{"),
    "no configuration": lambda folder: (folder / "config.json").unlink(),
}


def cut(file):
    file.write_bytes(file.read_bytes()[:-100])


def reconfigure(folder, **keys):
    (folder / "config.json").write_text(json.dumps(TINY.model_dump() | keys))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
@pytest.mark.parametrize("quantization", ["q8", "fp32"])
def test_what_is_not_a_bert_is_refused(tiny, damage, quantization):
    damage(tiny)
    with pytest.raises(ModelBrokenError, match=r"config\.json|model\.safetensors"):
        convert(tiny / "model.safetensors", tiny / "config.json", tiny / "model.onnx", quantization)
