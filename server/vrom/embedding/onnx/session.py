"""onnxruntime sessions: threads, optimizations and kernels."""

import functools
import platform
from pathlib import Path
from typing import Any

from vrom.embedding.native import import_onnxruntime
from vrom.embedding.onnx.processor import describe_processor, may_saturate

SLOWER = ["SkipLayerNormFusion"]
"""Fusions that are left out: of a sum and a normalisation, 11 µs, this one makes a step of 29 µs (onnxruntime 1.31)."""
WEIGHTS_FILE = "weights.bin"
_MAPPED_FROM = 1024
"""Bytes of the smallest weights that are mapped."""


def open_session(model: Path, *, is_laid_out: bool = False) -> Any:
    """An `onnxruntime.InferenceSession` on one core; a model that is laid out already is taken as it is.

    One core for each text: calls run beside each other, and threads that wait for a short text's next layer cost more
    than they bring (p99 of a query on two busy cores: 2 to 14 ms, against 10 to 20 ms).
    """
    levels = import_onnxruntime().GraphOptimizationLevel
    options = _options(levels.ORT_DISABLE_ALL if is_laid_out else levels.ORT_ENABLE_ALL)
    return _session(model, options)


def lay_out(model: Path, into: Path) -> None:
    """Write the form in which a session runs the model to `into`, and its weights beside it, as they lie in memory."""
    options = _options(import_onnxruntime().GraphOptimizationLevel.ORT_ENABLE_ALL)
    options.log_severity_level = 3  # it warns that the file fits this processor alone
    options.optimized_model_filepath = str(into)
    for entry, value in (
        ("session.optimized_model_external_initializers_file_name", WEIGHTS_FILE),
        ("session.optimized_model_external_initializers_min_size_in_bytes", str(_MAPPED_FROM)),
        ("session.save_external_prepacked_constant_initializers", "1"),
    ):
        options.add_session_config_entry(entry, value)
    _session(model, options)


@functools.cache
def is_precise() -> bool:
    """True where sessions use kernels for q8 models that can't saturate.

    They give the bits that VNNI gives with AVX-512, and with AVX2 a cosine of 0.997 or more to them. They take 1.1 to
    1.25 times as long as those that saturate; with VNNI, where none do, 1.3 times for a query and 1.7 for a chunk.
    """
    return may_saturate(platform.machine(), describe_processor())


def _options(level: Any) -> Any:
    options = import_onnxruntime().SessionOptions()
    options.graph_optimization_level = level
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    if is_precise():
        options.add_session_config_entry("session.x64quantprecision", "1")
    return options


def _session(model: Path, options: Any) -> Any:
    return import_onnxruntime().InferenceSession(
        str(model), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER
    )
