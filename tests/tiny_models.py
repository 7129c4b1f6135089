"""Models of random weights in the form of each kind of fastembed's list, and what they give, computed without it."""

import json
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from vrom.embedding.native import import_fastembed
from vrom.embedding.recipes import Recipe, resolve, spec_for

if TYPE_CHECKING:
    from onnx import ModelProto

MAX_TOKENS = 128
_LETTERS = [*string.ascii_lowercase, *string.digits, *string.punctuation]
_PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *_LETTERS, *(f"##{letter}" for letter in _LETTERS)]
_OUTPUTS = {
    "CLIPOnnxEmbedding": ("text",), "SiglipOnnxTextEmbedding": ("tokens", "pooler_output"),
    "BuiltinSentenceEmbedding": ("tokens", "text"),
}  # fmt: skip
"""Outputs of the models whose text vector is in the graph, by the class of fastembed that runs them."""

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class TinyModel:
    """A model whose vector of a token is that of its letter and the mean of all, so that each depends on the text."""

    recipe: Recipe
    folder: Path
    """Laid out as the model's repository on the hub."""
    kind: str
    """Class of fastembed that runs it."""
    table: Vector
    tokenizer: Tokenizer

    def vector(self, text: str, pooling: str, task: int = 0) -> Vector:
        """Vector of a text, pooled from its tokens as `first`, `mean` or `last`: float32, (dim,), unit length."""
        ids = self.tokenizer.encode(text, add_special_tokens=pooling != "static").ids[:MAX_TOKENS]
        tokens = self.table[ids] + self.table[ids].mean(axis=0) + np.float32(task) * self.table[0]
        pooled = {"first": tokens[0], "last": tokens[-1], "static": self.table[ids].sum(axis=0)}
        found = pooled.get(pooling, tokens.mean(axis=0))
        return found / np.linalg.norm(found)


@pytest.fixture(scope="session")
def make_model(tmp_path_factory) -> Callable[..., TinyModel]:
    """Make a model of this name in fastembed's list, in a folder of its own."""
    return lambda name, seed=1: make_tiny_model(name, tmp_path_factory.mktemp("tiny-model"), seed)


def make_tiny_model(name: str, folder: Path, seed: int) -> TinyModel:
    """Write the files of a model of this name in fastembed's list."""
    recipe = resolve(spec_for(name))
    table = np.random.default_rng(seed).standard_normal((len(_PIECES), recipe.dimensions)).astype(np.float32)
    kind, file = _kind(recipe.model), folder / recipe.model_file
    file.parent.mkdir(exist_ok=True)
    if recipe.model_file.endswith(".safetensors"):
        from safetensors.numpy import save_file

        save_file({"embeddings": table}, file)
    else:
        from onnx import save

        network = _network(table, _OUTPUTS.get(kind, ("tokens",)), has_task=kind == "JinaEmbeddingV3")
        beside = Path(recipe.companions[0]).name if recipe.companions else None
        save(network, file, save_as_external_data=beside is not None, location=beside, size_threshold=1024)
    tokenizer = _tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"model_max_length": MAX_TOKENS, "pad_token": "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "config.json").write_text(json.dumps({"pad_token_id": 0}))
    return TinyModel(recipe, folder, kind, table, tokenizer)


def _kind(model: str) -> str:
    for kind in import_fastembed().TextEmbedding.EMBEDDINGS_REGISTRY:
        if any(known.model == model for known in kind._list_supported_models()):
            return str(kind.__name__)
    raise LookupError(model)


def _tokenizer() -> Tokenizer:
    numbers = {piece: number for number, piece in enumerate(_PIECES)}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", numbers["[SEP]"]), ("[CLS]", numbers["[CLS]"]))
    return tokenizer


def _network(table: Vector, outputs: tuple[str, ...], *, has_task: bool) -> "ModelProto":
    """The mean is over the unmasked, as texts may be padded."""
    from onnx import TensorProto, helper, numpy_helper

    node, info = helper.make_node, helper.make_tensor_value_info
    nodes = [
        node("Gather", ["table", "input_ids"], ["letters"]),
        node("Cast", ["attention_mask"], ["seen"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["seen", "last"], ["mask"]),
        node("Mul", ["letters", "mask"], ["kept"]),
        node("ReduceSum", ["kept", "middle"], ["sum"]),
        node("ReduceSum", ["mask", "middle"], ["count"]),
        node("Div", ["sum", "count"], ["mean"]),
        node("Add", ["letters", "mean"], ["both"]),
    ]
    constants = {"table": table, "padding": table[0], "middle": np.array([1]), "last": np.array([2])}
    inputs = [info(name, TensorProto.INT64, ["texts", "tokens"]) for name in ("input_ids", "attention_mask")]
    if has_task:
        inputs.append(info("task_id", TensorProto.INT64, []))
        nodes += [
            node("Cast", ["task_id"], ["task"], to=TensorProto.FLOAT),
            node("Mul", ["task", "padding"], ["shift"]),
            node("Add", ["both", "shift"], ["tokens"]),
        ]
    else:
        nodes.append(node("Identity", ["both"], ["tokens"]))
        del constants["padding"]
    nodes += [node("Add", ["mean", "mean"], ["twice"]), node("Squeeze", ["twice", "middle"], ["text"])]
    nodes.append(node("Identity", ["text"], ["pooler_output"]))
    shapes = {"tokens": ["texts", "tokens", table.shape[1]]}
    graph = helper.make_graph(
        nodes, "tiny", inputs,
        [info(name, TensorProto.FLOAT, shapes.get(name, ["texts", table.shape[1]])) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )  # fmt: skip
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 17)])
