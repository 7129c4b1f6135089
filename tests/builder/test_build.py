"""From sources to a package: whole, sound, the same each time, and quick where little has changed."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from vrom.answers.read_document import read_document
from vrom.answers.search import search_docs
from vrom.builder.build import Stages, build
from vrom.builder.markdown.blocks import parse_markdown
from vrom.builder.request import BuildRequest
from vrom.builder.sources.read import read_sources
from vrom.embedding.agreement import agreement, embedded_text
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import spec_for
from vrom.errors import BuildError, ModelMissingError, PackageError
from vrom.format.graph import unreachable
from vrom.format.models import estimate_tokens
from vrom.format.read import read_chunks, read_manifest, read_package
from vrom.format.verify.package import check
from vrom.index.cartridge import Cartridge
from vrom.index.pack.verify import check_companions
from vrom.library.library import Library

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
NOON = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)

KETTLE = """---
title: Kettle
---

# Kettle

Fill it up to the mark, close the lid and switch it on. It switches itself off when the water boils.

## Errors

```python
# not a heading
kettle.boil()  # raises DryBoilError when there is no water
```

| code | meaning |
| --- | --- |
| `E_DRY_BOIL` | it was switched on empty |
| `E_LID_OPEN` | the lid was open |
"""
TEAPOT = "# Teapot\n\nWarm the pot first, then one spoon of leaves for each cup and one for the pot.\n"


@pytest.fixture
def sources(tmp_path):
    folder = tmp_path / "sources"
    (folder / "brewing").mkdir(parents=True)
    (folder / "kettle.md").write_text(KETTLE)
    (folder / "brewing" / "teapot.md").write_text(TEAPOT)
    (folder / "brewing" / "empty.md").write_text("")
    return folder


@pytest.fixture
def make(model_home, sources, tmp_path):
    """Build the sources, or others; gives what was built."""

    def make(to: Path = tmp_path / "tea", *, created_at=None, cache=tmp_path / "cache", progress=None, **changes):
        asked = {"vrom_id": "tea", "sources": [str(sources)]} | changes
        store = ModelStore(model_home / "models")
        options = {"progress": progress} if progress else {}
        request = BuildRequest.model_validate(asked)
        return build(request, to, store=store, cache=cache, created_at=created_at, **options)

    return make


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.slow
class TestWhatIsBuilt:
    @pytest.fixture(scope="class")
    @staticmethod
    def built(model_home, tmp_path_factory, run_folder):
        folder = tmp_path_factory.mktemp("built") / "guide"
        request = BuildRequest(
            vrom_id="guide", sources=(str(DOCS),), prefix="p", url="https://docs.example", version="2.0.0"
        )
        cache = run_folder / "build-cache"  # another worker may build it as well: vectors are embedded once
        return build(request, folder, store=ModelStore(model_home / "models"), cache=cache)

    @pytest.fixture(scope="class")
    @staticmethod
    def package(built):
        return read_package(built.folder)

    def test_nothing_is_wrong_with_it(self, built):
        assert check(built.folder) == []

    def test_every_page_is_there(self, built, package):
        pages = {f"p/{file.relative_to(DOCS).as_posix()}" for file in DOCS.rglob("*.md")}
        assert {chunk.source_file for chunk in package.chunks} == pages
        assert len(built.read.documents) == len(pages)

    def test_no_chunk_is_longer_than_the_model_reads(self, package, embedder):
        for chunk in package.chunks:
            assert embedder.count_tokens(embedded_text(chunk, package.manifest)) <= embedder.max_tokens

    def test_offsets_give_the_text_back(self, package):
        exact = 0
        for chunk in package.chunks:
            source = (DOCS / chunk.source_file.removeprefix("p/")).read_text()
            own = chunk.text[chunk.lead : len(chunk.text) - chunk.tail]
            extent = source[chunk.char_start : chunk.char_end]
            exact += own == extent
            assert own[:1] + own[-1:] == extent[:1] + extent[-1:]
        assert exact >= 0.9 * len(package.chunks), "but for dropped markup, a chunk is its extent"

    def test_vectors_are_those_of_title_path_and_text(self, package, embedder):
        some = list(range(0, len(package.chunks), 9))
        texts = [" > ".join(package.chunks[i].heading_path) + "\n" + package.chunks[i].text for i in some]
        assert (np.einsum("nd,nd->n", embedder.embed(texts), package.vectors[some]) > 0.95).all()
        assert agreement(embedder, package.vectors[some], texts).cosine > 0.97, "as another reader asks"
        assert package.manifest.chunk_strategy.model_extra == {
            "embedded": "title path and text", "pooling": "mean and inverse document frequency"
        }  # fmt: skip

    def test_vectors_are_pooled_by_the_rarity_of_word_pieces_that_the_package_says(self, built, package, embedder):
        tokens = Cartridge.open(built.folder).tokens
        texts = [" > ".join(chunk.heading_path) + "\n" + chunk.text for chunk in package.chunks[::9]]
        expected = [one.pooled(tokens.weights) for one in embedder.embed_tokens(texts)]
        assert (np.einsum("nd,nd->n", np.stack(expected), package.vectors[::9]) > 0.998).all()
        assert len(tokens.weights) == embedder.vocabulary

    def test_every_node_can_be_found(self, package):
        assert unreachable(package.graph) == []
        assert package.manifest.model_extra["build"]["recall_at_10"] >= 0.99

    def test_pages_have_addresses(self, package):
        assert package.chunks[0].url == "https://docs.example/" + package.chunks[0].source_file[2:-3]

    def test_both_lists_of_chunks_are_the_same(self, built, package):
        assert read_chunks(built.folder, package.manifest) == [
            type(chunk)(**chunk.model_dump(), token_estimate=estimate_tokens(chunk.text)) for chunk in package.chunks
        ]

    def test_the_manifest_tells_how_it_was_built(self, built):
        record = read_manifest(built.folder).model_extra["build"]
        assert record["request"]["sources"] == [str(DOCS)]
        assert record["tool"].startswith("vrom ")
        assert record["pages"] == len(built.read.documents)
        assert "seconds" not in json.dumps(record), "times differ from build to build"

    def test_every_stage_was_told(self, built):
        assert list(built.seconds) == ["read", "cut", "embed", "link", "write"]


def test_each_document_is_parsed_once(make, sources):
    (sources / "stove.txt").write_text("# Stove\n\nIt is lit with a match.\n")
    parsed = []

    def record(frame, event, _):
        if event == "call" and frame.f_code is parse_markdown.__code__:
            parsed.append(frame.f_locals["text"])

    sys.setprofile(record)
    try:
        built = make()
    finally:
        sys.setprofile(None)
    assert sorted(parsed) == sorted(document.text for document in built.read.documents)
    assert len(parsed) == 3


def test_what_two_pages_say_is_found_once_and_read_in_both(make, tmp_path, model_home):
    shared = "\n## Descaling\n\nTwo spoons of citric acid on a litre of water take the limescale off. Rinse it twice.\n"
    (tmp_path / "pages").mkdir()
    for page in ("Kettle", "Mug"):
        (tmp_path / "pages" / f"{page}.md").write_text(f"# {page}\n\nThe {page} is for hot water only.\n{shared}")
    folder = make(sources=[str(tmp_path / "pages")], target=32).folder
    library = Library([folder], cache=tmp_path / "indexes", models=model_home / "models")
    found = search_docs(library, "citric acid against limescale").results
    assert [passage.source_file for passage in found if "citric acid" in passage.text] == ["Kettle.md"]
    for page in ("Kettle.md", "Mug.md"):
        assert "citric acid" in read_document(library, "tea", page).text


def test_what_gave_no_page_is_named(make):
    built = make()
    assert [(one.name, one.reason) for one in built.read.skipped] == [("brewing/empty.md", "empty")]
    assert read_manifest(built.folder).model_extra["build"]["skipped"] == [
        {"name": "brewing/empty.md", "reason": "empty"}
    ]


def test_progress_goes_up_to_the_end_of_each_stage(make):
    told: dict[str, list[tuple[int, int | None]]] = {}
    make(progress=lambda stage, done, total: told.setdefault(stage, []).append((done, total)))
    assert list(told) == ["read", "cut", "embed", "link", "write"]
    for stage, reports in told.items():
        assert [done for done, _ in reports] == sorted(done for done, _ in reports)
        if stage != "read":
            assert reports[-1][0] == reports[-1][1]


class TestTheSameInput:
    def test_gives_the_same_bytes(self, make, tmp_path):
        one = make(tmp_path / "one", created_at=NOON, cache=tmp_path / "one-cache")
        two = make(tmp_path / "two", created_at=NOON, cache=tmp_path / "other-cache")
        assert two.embedded > 0
        assert content(one.folder) == content(two.folder)
        assert one.manifest.created_at == "2026-01-02T12:00:00Z"

    def test_gives_the_same_bytes_from_the_cache(self, make, tmp_path):
        one = make(tmp_path / "one", created_at=NOON)
        two = make(tmp_path / "two", created_at=NOON)
        assert two.embedded == 0
        assert content(one.folder) == content(two.folder)

    @pytest.mark.slow
    @pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no way to set the number of cores here")
    def test_gives_the_same_bytes_on_any_number_of_cores(self, model_home, tmp_path):
        code = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
cores, to = int(sys.argv[1]), Path(sys.argv[2])
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
from vrom.builder.build import build
from vrom.builder.request import BuildRequest
from vrom.embedding.model_store import ModelStore
request = BuildRequest(vrom_id="guide", sources=tuple(sys.argv[4:]))
noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
build(request, to / "guide", store=ModelStore(Path(sys.argv[3])), cache=to / "cache", created_at=noon)
"""
        pages = [str(DOCS / name) for name in ("search.md", "tools.md")]
        folders = [tmp_path / str(cores) for cores in (1, 2)]
        for cores, folder in enumerate(folders, 1):
            command = [sys.executable, "-c", code, str(cores), str(folder), str(model_home / "models"), *pages]
            subprocess.run(command, check=True)
        assert content(folders[0] / "guide") == content(folders[1] / "guide")

    def test_leaves_a_package_as_it_is(self, make):
        first = make()
        before = (content(first.folder), first.folder.stat().st_ino)
        again = make()
        assert (again.unchanged, again.manifest, len(again.read.documents)) == (
            True,
            read_manifest(first.folder),
            len(first.read.documents),
        )
        assert (content(first.folder), first.folder.stat().st_ino) == before

    def test_is_built_again_where_the_package_was_damaged(self, make):
        built = make(created_at=NOON)
        whole = content(built.folder)
        for name in ("index.json", "chunks.json"):
            (built.folder / name).write_bytes(whole[name] + b" ")
            assert not make(created_at=NOON).unchanged
            assert content(built.folder) == whole
        (built.folder / "chunks.json").unlink()
        assert not make(created_at=NOON).unchanged

    def test_is_built_again_for_another_time(self, make):
        make()
        assert make(created_at=NOON).manifest.created_at == "2026-01-02T12:00:00Z"
        assert make(created_at=NOON).unchanged
        assert make().unchanged, "without a time to record, the package keeps its own"


class TestWhatHasChanged:
    def test_a_new_page_is_embedded_and_the_others_not(self, make, sources):
        make()
        (sources / "cup.md").write_text("# Cup\n\nRinse it with hot water before you pour the tea into it.\n")
        built = make()
        assert (built.unchanged, built.embedded, len(built.read.documents)) == (False, 1, 3)

    @pytest.mark.parametrize(
        "changes", [{"version": "2.0.0"}, {"description": "About tea"}, {"target": 64}, {"prefix": "p"}, {"seed": 1}]
    )
    def test_another_request_makes_another_package(self, make, changes):
        before = content(make().folder)
        built = make(**changes)
        assert not built.unchanged
        assert content(built.folder) != before
        assert check(built.folder) == []

    @pytest.mark.slow
    def test_an_interrupted_build_goes_on_where_it_was(self, make, sources, tmp_path):
        for number in range(300):
            (sources / f"page{number}.md").write_text(f"# Page {number}\n\nIt is about {number} cups of tea.\n")

        def interrupt(stage, done, total):
            if stage == "embed" and done > 256:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            make(progress=interrupt)
        assert not (tmp_path / "tea").exists()
        assert make().embedded <= 302 - 256

    def test_vectors_are_kept_by_the_digest_of_the_model(self, make, model_home, tmp_path):
        first = make()
        cached = list((tmp_path / "cache" / "embeddings").iterdir())
        digest = ModelStore(model_home / "models").open(spec_for("all-MiniLM-L6-v2")).digest
        assert [file.stem for file in cached] == [f"{digest[:32]}-tokens"]
        assert first.embedded == first.manifest.total_chunks


class TestWhatCannotBeBuilt:
    @pytest.fixture
    def nothing(self, tmp_path):
        (tmp_path / "nothing").mkdir()
        return tmp_path / "nothing"

    def test_a_source_that_is_not_there(self, make, tmp_path):
        with pytest.raises(BuildError, match="nowhere"):
            make(sources=[str(tmp_path / "nowhere")])

    def test_a_source_without_pages(self, make, nothing):
        (nothing / "logo.png").write_bytes(b"\x89PNG")
        with pytest.raises(BuildError, match=r"No documentation found in .*:\n  \*.png: not documentation"):
            make(sources=[str(nothing)])

    def test_pages_without_text(self, make, nothing):
        (nothing / "a.md").write_text("# Only a heading\n\n## And another\n")
        with pytest.raises(BuildError, match=r"No text found in .*every page is empty"):
            make(sources=[str(nothing)])

    def test_without_the_model(self, sources, tmp_path):
        request = BuildRequest(vrom_id="tea", sources=(str(sources),))
        with pytest.raises(ModelMissingError, match="vrom model pull"):
            build(request, tmp_path / "tea", store=ModelStore(tmp_path / "models"), cache=tmp_path / "cache")
        assert not (tmp_path / "tea").exists()

    def test_a_folder_with_other_things_is_refused_before_anything_is_done(self, make, sources):
        with pytest.raises(PackageError, match="holds other things"):
            make(sources, progress=lambda *_: pytest.fail("work was done"))

    def test_a_failure_leaves_the_old_package(self, make, sources, tmp_path):
        before = content(make().folder)
        (sources / "kettle.md").unlink()
        (sources / "brewing" / "teapot.md").unlink()
        with pytest.raises(BuildError):
            make()
        assert content(tmp_path / "tea") == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="file systems elsewhere want Unicode")
def test_a_name_that_is_no_text_is_made_one(make, sources):
    (sources / "kettle.md").rename(os.fsdecode(os.fsencode(sources) + b"/k\xe4ttle.md"))
    chunks = read_package(make().folder).chunks
    assert "k?ttle.md" in {chunk.source_file for chunk in chunks}


@pytest.mark.slow
def test_the_seeds_build_and_the_loss_table_is_found(make, embedder):
    if not SEEDS.is_dir():
        pytest.skip("the shared documents aren't here")
    assert len(list(read_sources([SEEDS]))) == 5
    # a text dump and a page in Markdown, of those that answer the question: embedding all five takes 20 s
    built = make(sources=[str(file) for number in ("001", "004") for file in SEEDS.glob(f"{number}_*")])
    assert len(built.read.documents) == 2
    assert check(built.folder) == []
    package = read_package(built.folder)
    nearest = np.argsort(-(package.vectors @ embedder.embed_query("which loss types does DPO support")))[:5]
    assert any("loss_type" in package.chunks[i].text for i in nearest)


class TestBeyondJson:
    """A package that no reader of JSON could open is written as companions alone."""

    @pytest.fixture(autouse=True)
    def nothing_fits_json(self, monkeypatch):
        monkeypatch.setattr("vrom.builder.build.JSON_UP_TO", 0)

    def test_it_holds_what_the_other_would(self, make, tmp_path, monkeypatch):
        large = make()
        assert {file.name for file in large.folder.iterdir()} == {
            "manifest.json", "contents.bin", "words.bin", "tokens.bin"
        }  # fmt: skip
        assert check(large.folder) + check_companions(large.folder) == []
        monkeypatch.setattr("vrom.builder.build.JSON_UP_TO", 100)
        small = make(tmp_path / "small")
        assert list(Cartridge.open(large.folder).chunks) == list(Cartridge.open(small.folder).chunks)
        assert "recall_at_10" not in large.record

    def test_it_is_left_as_it_is_when_nothing_has_changed(self, make, sources):
        before = content(make().folder)
        again = make()
        assert again.unchanged
        assert content(again.folder) == before

    @pytest.mark.parametrize("name", ["contents.bin", "words.bin", "tokens.bin"])
    def test_it_is_built_again_when_it_is_damaged(self, make, name):
        file = make().folder / name
        whole = file.read_bytes()
        file.unlink()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert not make().unchanged
        assert file.read_bytes() == whole


def test_a_stage_reports_its_start_and_its_units():
    reported = []
    stages = Stages(lambda *progress: reported.append(progress))
    with stages("read") as done:
        done(3, None)
    with stages("cut") as done:
        done(1, 3)
    assert reported == [("read", 0, None), ("read", 3, None), ("cut", 0, None), ("cut", 1, 3)]
    assert list(stages.seconds) == ["read", "cut"]


def test_a_stage_that_fails_has_no_duration():
    stages = Stages(lambda *_: None)
    with pytest.raises(ValueError, match="no tea"), stages("read"):
        raise ValueError("no tea")
    assert stages.seconds == {}
