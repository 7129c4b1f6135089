"""Embedding a question: vrom's embedder against fastembed called alone, as its own guide does."""

import os
import statistics
import time
from collections.abc import Callable

from benchmarks.corpus import Corpus, questions
from benchmarks.tables import Table, milliseconds, ratio, text
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC


def tables(corpus: Corpus, *, quick: bool) -> list[Table]:
    columns = [text("figure"), milliseconds("fastembed"), milliseconds("vrom"), ratio("ratio")]
    about = "one question of about ten tokens, p50; fastembed with its default threads"
    table = Table("Embedding a question", about, columns)
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    embedder = ModelStore(corpus.home / "models").open(DEFAULT_SPEC)
    alone = _fastembed(corpus)
    asked = questions(4)
    theirs, ours, again = [], [], []
    for _ in range(20 if quick else 100):
        theirs.append(_median(lambda: list(alone(next(asked)))))
        ours.append(_median(lambda: embedder.embed_query(next(asked))))
        again.append(_median(lambda: embedder.embed_query("the same question")))
    for figure, times in (("a new question", ours), ("a question asked before", again)):
        low, high = statistics.median(theirs), statistics.median(times)
        table.rows.append((figure, low, high, high / low))
    return [table]


def _fastembed(corpus: Corpus) -> Callable[[str], object]:
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    folder = str(ModelStore(corpus.home / "models").locate(DEFAULT_SPEC))
    TextEmbedding.add_custom_model(
        "minilm", PoolingType.MEAN, normalization=True, sources=ModelSource(hf="none"), dim=384, model_file="model.onnx"
    )
    return TextEmbedding("minilm", specific_model_path=folder, cache_dir=folder).query_embed


def _median(work: Callable[[], object], count: int = 20) -> float:
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)
