"""Conversion of a BERT encoder's weights to an ONNX model, without torch.

The hub offers all-MiniLM-L6-v2 as ONNX; where only its weights (`model.safetensors`) are available, the graph is built
here. It is the BERT encoder (arXiv 1810.04805) with exact GELU: token, position and type embeddings, then per layer
self-attention and a feed-forward network, each followed by a residual sum and layer normalisation. Pooling is not part
of the graph; fastembed does it.

    input_ids, attention_mask, token_type_ids: int64, (batch, tokens) last_hidden_state: float32, (batch, tokens,
    hidden)
"""

import contextlib
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from vrom.embedding.native import import_onnxruntime
from vrom.errors import ModelBrokenError

Weights = Mapping[str, NDArray[np.float32]]
Quantization = Literal["q8", "fp32"]

OPSET = 17
IR_VERSION = 8


class BertConfig(BaseModel):
    """Part of a model's `config.json` that determines the graph."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    model_type: Literal["bert"]
    hidden_act: Literal["gelu"]
    hidden_size: int = Field(gt=0)
    num_hidden_layers: int = Field(gt=0)
    num_attention_heads: int = Field(gt=0)
    layer_norm_eps: float = Field(gt=0)

    @model_validator(mode="after")
    def _heads_share_the_size(self) -> "BertConfig":
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(f"hidden_size {self.hidden_size} is not a multiple of {self.num_attention_heads} heads")
        return self


def convert(weights_file: Path, config_file: Path, model_file: Path, quantization: Quantization) -> None:
    """Write `model_file` (ONNX) from safetensors weights and the `config.json` beside them.

    The same weights and library versions give the same bytes. Raises `ModelBrokenError` if the weights or the
    configuration are not those of a BERT encoder.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        config = BertConfig.model_validate_json(config_file.read_bytes())
        graph = bert_graph(load_file(weights_file), config)
    except OSError as error:
        raise ModelBrokenError(f"cannot read {error.filename or weights_file}: {error.strerror or error}") from error
    except ValidationError as error:
        raise ModelBrokenError(f"{config_file} is not the configuration of a BERT model: {error}") from error
    except SafetensorError as error:
        raise ModelBrokenError(f"{weights_file} is not a safetensors file: {error}") from error
    except KeyError as error:
        raise ModelBrokenError(f"{weights_file} lacks the tensor {error}, which {config_file.name} requires") from error
    if quantization == "q8":
        _quantize(graph, model_file)
    else:
        model_file.write_bytes(graph.SerializeToString(deterministic=True))


def bert_graph(weights: Weights, config: BertConfig) -> Any:
    """Encoder as an `onnx.ModelProto` in float32."""
    graph = _Graph()
    hidden = _embed(graph, weights, config)
    mask = _attention_bias(graph)
    for layer in range(config.num_hidden_layers):
        hidden = _encode(graph, weights, config, f"encoder.layer.{layer}", hidden, mask)
    return graph.model(hidden, config.hidden_size)


class _Graph:
    """Nodes and constants of a graph under construction; a node is named by its operator and position."""

    def __init__(self) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._numpy_helper = helper, numpy_helper
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Append a node and return the name of its output."""
        name = f"{operator}_{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: Any) -> str:
        """Store a constant once under `name`, and return the name."""
        array = np.ascontiguousarray(value)
        self._constants.setdefault(name, self._numpy_helper.from_array(array, name))
        return name

    def model(self, output: str, hidden_size: int) -> Any:
        """Complete graph as an `onnx.ModelProto`, with `output` as its last hidden state."""
        from onnx import TensorProto

        name = "last_hidden_state"
        self._nodes.append(self._helper.make_node("Identity", [output], [name], name=name))
        info = self._helper.make_tensor_value_info
        tokens: list[str | int] = ["batch", "tokens"]
        inputs = [info(each, TensorProto.INT64, tokens) for each in ("input_ids", "attention_mask", "token_type_ids")]
        outputs = [info(name, TensorProto.FLOAT, [*tokens, hidden_size])]
        graph = self._helper.make_graph(self._nodes, "bert", inputs, outputs, list(self._constants.values()))
        model = self._helper.make_model(
            graph, producer_name="vrom", ir_version=IR_VERSION, opset_imports=[self._helper.make_opsetid("", OPSET)]
        )
        # The graph doesn't need the quantiser's preprocessing; this property suppresses the warning.
        self._helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
        return model


def _embed(graph: _Graph, weights: Weights, config: BertConfig) -> str:
    length = graph.add("Slice", graph.add("Shape", "input_ids"), *_bounds(graph, 1, 2))
    positions = graph.constant("embeddings.positions", weights["embeddings.position_embeddings.weight"])
    zero = graph.constant("from_0", np.array([0], np.int64))
    axis = graph.constant("axis_0", np.array([0], np.int64))
    words = graph.constant("embeddings.words", weights["embeddings.word_embeddings.weight"])
    types = graph.constant("embeddings.types", weights["embeddings.token_type_embeddings.weight"])
    total = graph.add("Add", graph.add("Gather", words, "input_ids"), graph.add("Gather", types, "token_type_ids"))
    total = graph.add("Add", total, graph.add("Slice", positions, zero, length, axis))
    return _normalize(graph, weights, config, "embeddings.LayerNorm", total)


def _attention_bias(graph: _Graph) -> str:
    """0 for tokens that may be attended to, the lowest float32 for others: (batch, 1, 1, tokens)."""
    mask = graph.add("Cast", "attention_mask", to=1)
    mask = graph.add("Unsqueeze", mask, graph.constant("axes_1_2", np.array([1, 2], np.int64)))
    masked = graph.add("Sub", graph.constant("one", np.float32(1)), mask)
    return graph.add("Mul", masked, graph.constant("lowest", np.finfo(np.float32).min))


def _encode(graph: _Graph, weights: Weights, config: BertConfig, layer: str, hidden: str, mask: str) -> str:
    attended = _attend(graph, weights, config, f"{layer}.attention.self", hidden, mask)
    attended = _dense(graph, weights, f"{layer}.attention.output.dense", attended)
    summed = graph.add("Add", attended, hidden)
    hidden = _normalize(graph, weights, config, f"{layer}.attention.output.LayerNorm", summed)
    inner = _gelu(graph, _dense(graph, weights, f"{layer}.intermediate.dense", hidden))
    summed = graph.add("Add", _dense(graph, weights, f"{layer}.output.dense", inner), hidden)
    return _normalize(graph, weights, config, f"{layer}.output.LayerNorm", summed)


def _attend(graph: _Graph, weights: Weights, config: BertConfig, name: str, hidden: str, mask: str) -> str:
    size = config.hidden_size // config.num_attention_heads
    split = graph.constant("split_heads", np.array([0, 0, config.num_attention_heads, size], np.int64))
    join = graph.constant("join_heads", np.array([0, 0, config.hidden_size], np.int64))

    def heads(part: str, perm: list[int]) -> str:
        dense = _dense(graph, weights, f"{name}.{part}", hidden)
        return graph.add("Transpose", graph.add("Reshape", dense, split), perm=perm)

    query, key = heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1])
    scores = graph.add("MatMul", query, key)
    scores = graph.add("Div", scores, graph.constant("sqrt_head_size", np.float32(np.sqrt(size))))
    shares = graph.add("Softmax", graph.add("Add", scores, mask), axis=-1)
    mixed = graph.add("MatMul", shares, heads("value", [0, 2, 1, 3]))
    return graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), join)


def _dense(graph: _Graph, weights: Weights, name: str, value: str) -> str:
    kernel = graph.constant(f"{name}.weight", weights[f"{name}.weight"].T)
    return graph.add("Add", graph.add("MatMul", value, kernel), graph.constant(f"{name}.bias", weights[f"{name}.bias"]))


def _gelu(graph: _Graph, value: str) -> str:
    scaled = graph.add("Div", value, graph.constant("sqrt_2", np.float32(np.sqrt(2))))
    erf = graph.add("Add", graph.add("Erf", scaled), graph.constant("one", np.float32(1)))
    return graph.add("Mul", graph.add("Mul", value, erf), graph.constant("half", np.float32(0.5)))


def _normalize(graph: _Graph, weights: Weights, config: BertConfig, name: str, value: str) -> str:
    scale = graph.constant(f"{name}.weight", weights[f"{name}.weight"])
    bias = graph.constant(f"{name}.bias", weights[f"{name}.bias"])
    return graph.add("LayerNormalization", value, scale, bias, axis=-1, epsilon=config.layer_norm_eps)


def _bounds(graph: _Graph, start: int, end: int) -> tuple[str, str]:
    return (
        graph.constant(f"from_{start}", np.array([start], np.int64)),
        graph.constant(f"to_{end}", np.array([end], np.int64)),
    )


def _quantize(graph: Any, model_file: Path) -> None:
    """Quantise to 8 bits. With one scale per output channel the cosine with fp32 is 0.99, with one per tensor 0.95."""
    import_onnxruntime()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _quiet_quantizer():
        quantize_dynamic(
            graph, model_file, op_types_to_quantize=["MatMul", "Gather"], per_channel=True, weight_type=QuantType.QInt8
        )


@contextlib.contextmanager
def _quiet_quantizer() -> Iterator[None]:
    """Keep the quantiser from printing through the root logger, and from adding a handler to it permanently."""
    root, silence = logging.getLogger(), logging.NullHandler()

    def from_elsewhere(record: logging.LogRecord) -> bool:
        return "onnxruntime" not in record.pathname

    root.addHandler(silence)
    root.addFilter(from_elsewhere)
    try:
        yield
    finally:
        root.removeFilter(from_elsewhere)
        root.removeHandler(silence)
