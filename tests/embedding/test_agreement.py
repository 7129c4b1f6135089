import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.embedding.agreement import AGREEING_COSINE, agreement, embedded_text, probes, query_text, record_prefixes
from vrom.embedding.recipes import Prefixes
from vrom.errors import ModelUnknownError
from vrom.format.models import Chunk, Manifest

TEXTS = [
    "DPO fine-tunes a language model directly on pairs of chosen and rejected answers, without a reward model.",
    "Datasets are loaded with `load_dataset`, streamed with `streaming=True`, and mapped in batches over processes.",
    "LoRA adds low-rank matrices to the attention projections and trains only these, which saves memory.",
]


def chunk(i: int, text: str, **keys) -> Chunk:
    return Chunk(chunk_id=i, text=text, **keys)


def lengths(chunks) -> np.ndarray:
    return np.array([len(chunk.text) for chunk in chunks], dtype=np.int32)


def test_vectors_of_the_same_model_agree(embedder):
    found = agreement(embedder, embedder.embed(TEXTS), TEXTS)
    assert found.cosine == pytest.approx(1, abs=1e-6)
    assert found.agrees


def test_vectors_need_not_be_of_unit_length(embedder):
    assert agreement(embedder, embedder.embed(TEXTS) * 7.5, TEXTS).cosine == pytest.approx(1, abs=1e-6)


def test_a_title_before_the_text_still_agrees(embedder):
    titled = embedder.embed([f"TRL > Trainers > How it works\n{text}" for text in TEXTS])
    assert agreement(embedder, titled, TEXTS).agrees


def test_one_odd_chunk_does_not_decide(embedder):
    vectors = embedder.embed(TEXTS)
    vectors[1] = 0
    assert agreement(embedder, vectors, TEXTS).agrees


@pytest.mark.parametrize("seed", range(5))
def test_vectors_of_another_model_do_not_agree(embedder, seed):
    other, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((384, 384)))
    found = agreement(embedder, (embedder.embed(TEXTS) @ other).astype(np.float32), TEXTS)
    assert abs(found.cosine) < 0.3
    assert not found.agrees


def test_vectors_of_other_texts_do_not_agree(embedder):
    assert not agreement(embedder, np.roll(embedder.embed(TEXTS), 1, axis=0), TEXTS).agrees


def test_vectors_of_another_length_do_not_agree(embedder):
    assert not agreement(embedder, np.ones((3, 768), np.float32), TEXTS).agrees


def test_nothing_to_compare_is_no_objection(embedder):
    assert agreement(embedder, np.zeros((0, 384), np.float32), []).agrees


@pytest.mark.slow
def test_a_package_of_the_formats_builder_agrees(embedder, formats_package):
    texts = [embedded_text(chunk, formats_package.manifest) for chunk in formats_package.chunks]
    ids = probes(lengths(formats_package.chunks))
    found = agreement(embedder, formats_package.vectors[ids], [texts[i] for i in ids])
    assert found.cosine > 0.97
    shuffled = np.random.default_rng(1).permutation(len(texts))
    refused = [
        not agreement(embedder, formats_package.vectors[shuffled[[i, i + 1, i + 2]]], texts[i : i + 3]).agrees
        for i in range(0, 60, 3)
    ]
    assert all(refused), f"{AGREEING_COSINE} lets vectors of other chunks pass"


def test_probes_are_of_moderate_length_and_spread_out():
    chunks = [chunk(i, "x" * (500 if i % 2 else 5000)) for i in range(600)]
    assert probes(lengths(chunks)) == [101, 301, 501]


@given(st.lists(st.integers(0, 2000), max_size=40))
def test_probes_are_ids_of_the_package_each_once_the_same_every_time(sizes):
    chunks = [chunk(i, "x" * length) for i, length in enumerate(sizes)]
    picked = probes(lengths(chunks))
    assert picked == probes(lengths(chunks))
    assert len(set(picked)) == len(picked) == min(3, len(chunks))
    assert all(0 <= i < len(chunks) for i in picked)


MANIFEST = {
    "vrom_id": "guide", "version": "1.0.0", "vector_count": 1, "total_tokens": 1, "total_chunks": 1, "corpus_hash": "0",
    "created_at": "2026-01-01T00:00:00Z", "embedding_spec": {"model": "m", "dimensions": 4},
    "hnsw_config": {"m": 16, "m_max0": 32, "ef_construction": 128, "ef_search": 40,
                    "level_multiplier": 1 / math.log(16), "metric": "Cosine"},
}  # fmt: skip
PATHED = chunk(0, "Set `beta`.", doc_title="DPO", section_heading="Loss", heading_path=("DPO Trainer", "Usage", "Loss"))


def test_our_own_packages_embed_the_title_path_and_the_text():
    manifest = Manifest.model_validate(MANIFEST | {"chunk_strategy": {"embedded": "title path and text"}})
    assert embedded_text(PATHED, manifest) == "DPO Trainer > Usage > Loss\nSet `beta`."
    assert embedded_text(chunk(0, "No title."), manifest) == "No title."


@pytest.mark.parametrize("strategy", [{}, {"embedded": "text"}, {"method": "section_aware"}])
def test_other_packages_embed_the_text(strategy):
    assert embedded_text(PATHED, Manifest.model_validate(MANIFEST | {"chunk_strategy": strategy})) == "Set `beta`."


def manifest_of(model: str, **strategy) -> Manifest:
    spec = {"model": model, "dimensions": {"snowflake/snowflake-arctic-embed-xs": 384}.get(model, 768)}
    return Manifest.model_validate(MANIFEST | {"embedding_spec": spec, "chunk_strategy": strategy})


def test_recorded_prefixes_are_used_whatever_the_model_usually_has():
    recorded = record_prefixes(Prefixes("ask: ", "say: "))
    manifest = manifest_of("nomic-ai/nomic-embed-text-v1.5", embedded="title path and text", **recorded)
    assert embedded_text(PATHED, manifest) == "say: DPO Trainer > Usage > Loss\nSet `beta`."
    assert query_text("what is beta", manifest) == "ask: what is beta"
    assert query_text("what is beta", manifest_of("unknown/model", **recorded)) == "ask: what is beta"


def test_a_package_that_records_none_is_asked_as_the_model_wants_if_only_queries_have_one():
    manifest = manifest_of("snowflake/snowflake-arctic-embed-xs")
    assert query_text("beta", manifest) == "Represent this sentence for searching relevant passages: beta"
    assert embedded_text(PATHED, manifest) == "Set `beta`."


@pytest.mark.parametrize("model", ["nomic-ai/nomic-embed-text-v1.5", "thenlper/gte-base"])
def test_a_package_that_records_none_is_asked_without_where_its_passages_should_have_had_one(model):
    manifest = manifest_of(model)
    assert query_text("beta", manifest) == "beta"
    assert embedded_text(PATHED, manifest) == "Set `beta`."


def test_a_model_without_prefixes_leaves_no_record():
    assert record_prefixes(Prefixes()) == {}


@pytest.mark.parametrize("recorded", [7, "query: ", ["query: "], {"query": 7}, {"query": None, "passage": {}}, {}])
def test_what_is_no_record_of_prefixes_is_none(recorded):
    manifest = manifest_of("thenlper/gte-base", prefixes=recorded)
    assert query_text("beta", manifest) == "beta"
    assert embedded_text(PATHED, manifest) == "Set `beta`."


def test_a_hostile_prefix_leaves_room_for_the_text():
    manifest = manifest_of("thenlper/gte-base", prefixes={"query": "x" * 1_000_000, "passage": "x" * 1_000_000})
    assert len(query_text("beta", manifest)) < 1000
    assert len(embedded_text(PATHED, manifest)) < 1000


def test_the_query_of_an_unknown_model_is_refused():
    with pytest.raises(ModelUnknownError):
        query_text("beta", manifest_of("unknown/model"))
