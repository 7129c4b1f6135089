"""Embedding of texts by fastembed, with a model on this machine."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.embedder import Vector
from vrom.embedding.native import import_fastembed
from vrom.embedding.onnx.session import open_session
from vrom.embedding.recipes import Recipe
from vrom.embedding.token_vectors import TokenVectors
from vrom.errors import ModelBrokenError
from vrom.format.read import Vectors

T = TypeVar("T")

CACHED_QUERIES = 256

_registration = threading.Lock()


class FastembedEmbedder:
    """`Embedder` whose model is loaded into memory. Thread-safe; never accesses the network.

    Texts are embedded one at a time: dynamic quantisation scales activations over a whole batch, so a text's vector
    would depend on the rest of the batch.
    """

    def __init__(self, folder: Path, recipe: Recipe, digest: str, *, is_laid_out: bool = False) -> None:
        """Load the model from its folder: 75 ms for MiniLM, 20 ms from its mapped form (see `mapped_model`).

        Raises `ModelBrokenError` if it can't be loaded.
        """
        self.model = recipe.model
        """Canonical name, as in `Xenova/all-MiniLM-L6-v2`."""
        self.quantization = recipe.quantization
        self.digest = digest
        """SHA-256 over the model's files: embedders with the same digest give the same vectors."""
        self.dimensions = recipe.dimensions
        self._folder, self._recipe, self._is_laid_out = folder, recipe, is_laid_out
        self._model = self._load()
        self._queries: OrderedDict[str, Vector] = OrderedDict()
        self._query_tokens: OrderedDict[str, TokenVectors] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def max_tokens(self) -> int:
        """Tokens to which longer texts are truncated, special tokens included."""
        truncation = self._model.tokenizer.truncation
        return int(truncation["max_length"])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: float32, (n, dim), unit rows."""
        return self._stack(map(self._passage, texts))

    def embed_many(
        self, texts: Sequence[str], threads: int | None = None, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Embed passages in parallel; the vectors are identical to those of `embed`, whatever `threads` is.

        `threads` defaults to the number chosen by `ThreadPoolExecutor`. `progress` is called from the caller's thread
        after each text, with the number of texts done.
        """
        return self._stack(_in_parallel(self._passage, texts, threads, progress))

    @property
    def vocabulary(self) -> int:
        """Number of word pieces whose vectors the model gives; 0 if it gives those of texts alone.

        Models of fastembed's list pool in ways of their own, so only vectors of texts are taken from them.
        """
        return 0 if self._recipe.registered else int(self._model.tokenizer.get_vocab_size())

    def embed_tokens(
        self, texts: Sequence[str], threads: int | None = None, progress: Callable[[int], None] | None = None
    ) -> list[TokenVectors]:
        """Embed passages word piece by word piece, in parallel; `mean` is the vector that `embed` gives."""
        return _in_parallel(self._tokens, texts, threads, progress)

    def query_tokens(self, text: str) -> TokenVectors:
        """Embed a query word piece by word piece; `mean` is the vector of `embed_query`. Recent queries are cached."""
        return self._remembered(self._query_tokens, text, lambda: self._tokens(text))

    def word_pieces(self, text: str) -> NDArray[np.int64]:
        """Word pieces of a text, special tokens included, truncated as for embedding: int64, (t,)."""
        return np.array(self._model.tokenizer.encode(_encodable(text)).ids, dtype=np.int64)

    def embed_query(self, text: str) -> Vector:
        """Embed a query: float32, (dim,), unit length, read-only. Recent queries are cached."""
        return self._remembered(self._queries, text, lambda: self._query_vector(text))

    def count_tokens(self, text: str) -> int:
        """Number of tokens of a text for this model, special tokens included, without truncation."""
        return len(self._tokenizer.encode(_encodable(text)).ids)

    @cached_property
    def _tokenizer(self) -> Any:
        """Copy of the model's tokenizer, without truncation and padding."""
        tokenizer = type(self._model.tokenizer).from_str(self._model.tokenizer.to_str())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def _load(self) -> Any:
        fastembed = import_fastembed()
        name = self._recipe.model if self._recipe.registered else _register(fastembed, self._recipe)
        try:
            # Both paths, to prevent requests to the hub and a cache folder elsewhere.
            where = {"specific_model_path": str(self._folder), "cache_dir": str(self._folder)}
            model = fastembed.TextEmbedding(name, **where, lazy_load=True).model
            if _is_static(self._recipe):
                model.load_model()
            else:
                model.model = open_session(self._folder / self._recipe.model_file, is_laid_out=self._is_laid_out)
                model._load_tokenizer(self._folder)
            if self._recipe.max_tokens:
                model.tokenizer.enable_truncation(self._recipe.max_tokens)
        except Exception as error:  # onnxruntime, fastembed and tokenizers raise their own exception types
            raise self._broken(error) from error
        return model

    def _passage(self, text: str) -> Vector:
        return self._unit(self._model.passage_embed, text)

    def _unit(self, embed: Callable[[list[str]], Iterable[Any]], text: str) -> Vector:
        try:
            vector = np.asarray(next(iter(embed([_encodable(text)]))), dtype=np.float32)
        except Exception as error:  # as above
            raise self._broken(error) from error
        if vector.shape != (self.dimensions,):
            raise self._broken(f"it returns vectors of shape {vector.shape}, expected ({self.dimensions},)")
        norm = np.float32(np.linalg.norm(vector))
        return vector / norm if norm > 0 else vector

    def _query_vector(self, text: str) -> Vector:
        vector = self._unit(self._model.query_embed, text)
        vector.setflags(write=False)
        return vector

    def _tokens(self, text: str) -> TokenVectors:
        try:
            output = self._model.onnx_embed([_encodable(text)])
            mean = self._unit(lambda _: self._model._post_process_onnx_output(output), text)
            vectors = np.asarray(output.model_output[0], dtype=np.float32)
            return TokenVectors.of(output.input_ids[0], vectors, mean)
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            raise self._broken(error) from error

    def _remembered(self, cache: OrderedDict[str, T], text: str, make: Callable[[], T]) -> T:
        """Result for a query from the cache of the last `CACHED_QUERIES`, else made."""
        with self._lock:
            if text in cache:
                cache.move_to_end(text)
                return cache[text]
        made = make()
        with self._lock:
            cache[text] = made
            while len(cache) > CACHED_QUERIES:
                cache.popitem(last=False)
        return made

    def _stack(self, rows: Iterable[Vector]) -> Vectors:
        stacked = list(rows)
        return np.stack(stacked) if stacked else np.zeros((0, self.dimensions), dtype=np.float32)

    def _broken(self, problem: object) -> ModelBrokenError:
        return ModelBrokenError(
            f"The model in {self._folder} does not work: {problem}. "
            f"Download it again with `{self._recipe.pull_command} --from auto`."
        )


def _in_parallel(
    embed: Callable[[str], T], texts: Sequence[str], threads: int | None, progress: Callable[[int], None] | None
) -> list[T]:
    done: list[T] = []
    with ThreadPoolExecutor(threads, thread_name_prefix="vrom-embed") as pool:
        try:
            for one in pool.map(embed, texts):
                done.append(one)
                if progress:
                    progress(len(done))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # end an interrupted build immediately
            raise
    return done


def _register(fastembed: Any, recipe: Recipe) -> str:
    """Register a model with fastembed if its list lacks it, once per process; return its registered name."""
    kinds = fastembed.common.model_description
    name = f"vrom-{recipe.folder}"
    with _registration:
        if all(known["model"] != name for known in fastembed.TextEmbedding.list_supported_models()):
            fastembed.TextEmbedding.add_custom_model(
                model=name, pooling=kinds.PoolingType.MEAN, normalization=True, dim=recipe.dimensions,
                sources=kinds.ModelSource(hf=recipe.repository), model_file=recipe.model_file,
            )  # fmt: skip
    return name


def _is_static(recipe: Recipe) -> bool:
    """Return true if the model is a table of token vectors rather than a network."""
    return recipe.model_file.endswith(".safetensors")


def _encodable(text: str) -> str:
    """Replace lone surrogates by question marks: the tokenizer refuses text that can't be encoded."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
