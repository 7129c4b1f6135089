"""The graph against a forward pass of BERT written down once more, in plain numpy."""

import json
import logging
import math

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from vrom.embedding.download.onnx_export import BertConfig, bert_graph, convert
from vrom.embedding.model_record import sha256_of
from vrom.embedding.native import import_onnxruntime
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


@pytest.mark.slow
def test_the_graph_is_the_model(sessions, oracle, token_ids):
    for ids in token_ids:
        expected = oracle(ids)
        hidden = run(sessions["fp32"], ids)[0]
        assert np.abs(hidden - expected).max() < 1e-3
        assert pooled(hidden) @ pooled(expected) > COSINE_OF_THE_SAME_MODEL


@pytest.mark.slow
def test_the_quantized_graph_stays_close(sessions, oracle, token_ids):
    cosines = [pooled(run(sessions["q8"], ids)[0]) @ pooled(oracle(ids)) for ids in token_ids]
    assert np.mean(cosines) > MEAN_COSINE_WHEN_QUANTIZED


@pytest.mark.slow
def test_padding_that_the_mask_hides_changes_nothing(sessions, token_ids):
    ids = token_ids[1]
    padded = np.pad(ids, (0, 7))
    mask = np.pad(np.ones_like(ids), (0, 7))[None]
    alone, beside = run(sessions["fp32"], ids)[0], run(sessions["fp32"], padded, mask)[0, : len(ids)]
    assert np.abs(alone - beside).max() < 1e-4


@pytest.mark.slow
def test_the_q8_file_is_about_a_quarter(model_files):
    assert 22e6 < model_files["q8"].stat().st_size < 24e6
    assert model_files["fp32"].stat().st_size > 89e6


@pytest.mark.slow
@pytest.mark.parametrize("quantization", ["q8", "fp32"])
def test_the_same_weights_give_the_same_bytes(weights_folder, model_files, tmp_path, quantization):
    again = tmp_path / "again.onnx"
    convert(weights_folder / "model.safetensors", weights_folder / "config.json", again, quantization)
    assert sha256_of(again) == sha256_of(model_files[quantization])


def test_the_shape_comes_from_the_configuration(tiny_bert):
    weights = load_file(tiny_bert / "model.safetensors")
    config = BertConfig.model_validate_json((tiny_bert / "config.json").read_bytes())
    session = import_onnxruntime().InferenceSession(bert_graph(weights, config).SerializeToString())
    ids = np.array([3, 1, 4, 1, 5])
    assert np.abs(run(session, ids)[0] - bert(weights, config.model_dump(), ids)).max() < 1e-5


def test_quantizing_says_nothing_and_leaves_logging_as_it_was(tiny_bert, capfd):
    root = logging.getLogger()
    before = (list(root.handlers), list(root.filters), root.level)
    convert(tiny_bert / "model.safetensors", tiny_bert / "config.json", tiny_bert / "model.onnx", "q8")
    assert (list(root.handlers), list(root.filters), root.level) == before
    assert capfd.readouterr() == ("", "")


DAMAGES = {
    "weights cut short": lambda folder: cut(folder / "model.safetensors"),
    "weights that are something else": lambda folder: (folder / "model.safetensors").write_bytes(b"PK\x03\x04"),
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "a tensor missing": lambda folder: drop(folder / "model.safetensors", "attention.self.value.weight"),
    "configuration of another architecture": lambda folder: reconfigure(folder, model_type="roberta"),
    "another activation": lambda folder: reconfigure(folder, hidden_act="relu"),
    "no heads": lambda folder: reconfigure(folder, num_attention_heads=0),
    "heads that don't divide the size": lambda folder: reconfigure(folder, num_attention_heads=3),
    "configuration that is not JSON": lambda folder: (folder / "config.json").write_text("{"),
    "no configuration": lambda folder: (folder / "config.json").unlink(),
}


def cut(file):
    file.write_bytes(file.read_bytes()[:-100])


def drop(file, end):
    save_file({name: array for name, array in load_file(file).items() if not name.endswith(end)}, file)


def reconfigure(folder, **keys):
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | keys))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
@pytest.mark.parametrize("quantization", ["q8", "fp32"])
def test_what_is_not_a_bert_is_refused(tiny_bert, damage, quantization):
    damage(tiny_bert)
    with pytest.raises(ModelBrokenError, match=r"config\.json|model\.safetensors"):
        convert(tiny_bert / "model.safetensors", tiny_bert / "config.json", tiny_bert / "model.onnx", quantization)
