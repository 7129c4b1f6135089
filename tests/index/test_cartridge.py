import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.errors import PackageError
from vrom.format.models import Chunk
from vrom.index.cartridge import Cartridge
from vrom.index.document_table import documents_of


def chunks_of(pointers: list[tuple[str, int | None]]) -> list[Chunk]:
    return [
        Chunk(chunk_id=i, text=f"text {i}", source_file=source, next_chunk_id=following)
        for i, (source, following) in enumerate(pointers)
    ]


def test_documents_follow_the_linked_list_not_the_ids():
    assert documents_of(chunks_of([("a", None), ("a", 0), ("b", None), ("a", 1)])) == {"a": [3, 1, 0], "b": [2]}


@pytest.mark.parametrize(
    ("pointers", "documents"),
    [
        ([("a", 1), ("a", 0)], {"a": [0, 1]}),
        ([("a", 0)], {"a": [0]}),
        ([("a", 99), ("a", None)], {"a": [0, 1]}),
        ([("a", 1), ("b", 0)], {"a": [0], "b": [1]}),
        ([("a", 2), ("a", 2), ("a", None)], {"a": [0, 2, 1]}),
        ([], {}),
    ],
    ids=["cycle", "points at itself", "out of range", "into another page", "two point at one", "empty"],
)
def test_broken_pointers_lose_no_chunk(pointers, documents):
    assert documents_of(chunks_of(pointers)) == documents


@given(st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.integers(-3, 12)), max_size=10))
def test_every_chunk_is_in_its_page_exactly_once(pointers):
    documents = documents_of(chunks_of(pointers))
    assert sorted(i for ids in documents.values() for i in ids) == list(range(len(pointers)))
    assert all(pointers[i][0] == source for source, ids in documents.items() for i in ids)


def test_a_folder_that_is_no_package_is_refused(tmp_path):
    with pytest.raises(PackageError):
        Cartridge.open(tmp_path / "nothing")


def test_indexes_are_made_once_however_many_ask(make_package, tmp_path):
    cartridge = Cartridge.open(make_package("docs", {"a.md": ["# A\n\nOne."]}), tmp_path / "cache")
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(cartridge.lexical)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(index) for index in found}) == 1


def test_vectors_of_another_model_are_told_from_those_of_the_models_own(make_package, embedder):
    texts = {"a.md": [f"# Topic {i}\n\n" + f"Sentence number {i} about subject {i * 7}. " * 8 for i in range(6)]}
    assert Cartridge.open(make_package("real", texts, embedder=embedder)).was_made_with(embedder)
    assert not Cartridge.open(make_package("random", texts)).was_made_with(embedder)


def test_the_comparison_with_the_model_is_made_once_for_all_processes(make_package, embedder, tmp_path, monkeypatch):
    folder = make_package("real", {"a.md": [f"# Topic {i}\n\nText about {i}." for i in range(4)]}, embedder=embedder)
    assert Cartridge.open(folder, tmp_path / "cache").was_made_with(embedder)
    monkeypatch.setattr("vrom.index.cartridge._agrees", None)
    assert Cartridge.open(folder, tmp_path / "cache").was_made_with(embedder)


def test_the_words_of_a_cartridge_are_read_once_and_mapped_afterwards(make_package, tmp_path, monkeypatch):
    folder = make_package("docs", {"a.md": ["# A\n\nOne café, two `load_dataset()`.", "数据集"], "b.md": ["Two."]})
    made = Cartridge.open(folder, tmp_path / "cache").lexical
    monkeypatch.setattr("vrom.index.lexical.bm25.lexical_arrays", None)
    opened = Cartridge.open(folder, tmp_path / "cache").lexical
    assert list(opened.vocabulary) == list(made.vocabulary)
    for term in made.vocabulary:
        assert opened.document_frequency(term) == made.document_frequency(term) > 0
