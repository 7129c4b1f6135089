"""Cartridges come, change and go while the library serves."""

import shutil
from pathlib import Path

import pytest

from vrom.errors import NotFoundError, PackageError
from vrom.format.manifest import read_manifest
from vrom.library.library import SEARCHED, Library
from vrom.library.scope import Scope

PAGES = {"guide.md": ["# Guide\n\nHow to begin.", "## Next\n\nHow to go on."]}


def ids(library):
    library.refresh(force=True)
    return [mount.id for mount in library.mounts()]


def test_a_root_is_one_package_or_holds_packages(make_package, library_of, tmp_path):
    one = make_package("one", PAGES)
    make_package("two", PAGES)
    assert ids(library_of(tmp_path / "cartridges")) == ["one", "two"]
    assert ids(library_of(one)) == ["one"]
    assert ids(library_of(tmp_path / "nowhere")) == []


def test_the_first_root_wins(make_package, library_of, tmp_path):
    make_package("same", PAGES, root=tmp_path / "a", version="1.0.0")
    make_package("same", PAGES, root=tmp_path / "b", version="2.0.0")
    library = library_of(tmp_path / "a", tmp_path / "b")
    assert library.open("same").version == "1.0.0"


def test_the_projects_own_cartridges_come_first_and_change_with_the_project(make_package, model_home, tmp_path):
    project = [tmp_path / "one"]
    for name in ("one", "two", "shared"):
        make_package("kettle", {"a.md": [f"# {name}"]}, root=tmp_path / name)
    library = Library(
        [tmp_path / "shared"],
        cache=tmp_path / "cache",
        models=model_home / "models",
        scope=lambda: Scope(own=project[0]),
    )
    assert library.mount("kettle").folder == tmp_path / "one" / "kettle"
    heard = []
    library.on_change(lambda: heard.append(1))
    project[0] = tmp_path / "two"
    assert library.refresh(force=True)
    assert not library.refresh(force=True)
    assert heard == [1]
    assert library.mount("kettle").folder == tmp_path / "two" / "kettle"
    assert library.folders == (tmp_path / "two", tmp_path / "shared")


def test_what_is_being_written_is_not_mounted(make_package, library_of, tmp_path):
    make_package(".new-one", PAGES, vrom_id="one")
    assert ids(library_of(tmp_path / "cartridges")) == []


def test_added_replaced_and_removed_cartridges_show_up(make_package, library_of, tmp_path):
    library = library_of(tmp_path / "cartridges")
    changes = []
    library.on_change(lambda: changes.append(1))
    assert ids(library) == []

    folder = make_package("one", PAGES)
    assert ids(library) == ["one"]
    assert len(library.open("one").chunks) == 2

    shutil.rmtree(folder)
    make_package("one", {"guide.md": ["# Guide\n\nOnly this."]}, version="2.0.0")
    assert ids(library) == ["one"]
    assert (library.open("one").version, len(library.open("one").chunks)) == ("2.0.0", 1)

    shutil.rmtree(folder)
    assert ids(library) == []
    assert len(changes) == 3


def test_an_unchanged_cartridge_is_opened_once(make_package, library_of, tmp_path):
    make_package("one", PAGES)
    library = library_of(tmp_path / "cartridges")
    first = library.open("one")
    library.refresh(force=True)
    assert library.open("one") is first


def test_a_broken_package_leaves_the_others_serving(make_package, library_of, tmp_path):
    (make_package("bad", PAGES) / "index.json").write_text("{")
    make_package("good", PAGES)
    library = library_of(tmp_path / "cartridges")
    opened, notes = library.open_all(library.select())
    assert [cartridge.id for cartridge in opened] == ["good"]
    assert notes == [
        "Cartridge 'bad' can't be read: index.json: it is not JSON: unexpected end of data at line 1, column 2. "
        "The others were searched."
    ]
    assert {mount.id: mount.state for mount in library.mounts()} == {"bad": "broken", "good": "ready"}


def test_when_none_can_be_read_no_others_are_spoken_of(make_package, library_of, tmp_path):
    (make_package("bad", PAGES) / "index.json").write_text("{")
    library = library_of(tmp_path / "cartridges")
    opened, (note,) = library.open_all(library.select())
    assert opened == []
    assert "others" not in note


def test_a_package_that_breaks_while_serving_goes_on_from_what_was_read(make_package, library_of, tmp_path):
    folder = make_package("one", PAGES)
    library = library_of(tmp_path / "cartridges")
    before = library.open("one")
    (folder / "index.json").write_text("[]")
    library.refresh(force=True)
    assert library.open("one") is before
    assert library.mounts()[0].state == "stale"
    (folder / "manifest.json").write_text("nonsense")
    library.refresh(force=True)
    assert library.open("one") is before

    make_package("one", PAGES, version="3.0.0")
    library.refresh(force=True)
    assert library.open("one").version == "3.0.0"
    assert library.mounts()[0].state == "ready"


def test_messages_for_clients_never_name_a_path(make_package, library_of, tmp_path):
    (make_package("bad", PAGES) / "manifest.json").write_text('{"vrom_id": 3}')
    library = library_of(tmp_path / "cartridges")
    with pytest.raises(PackageError) as failure:
        library.open("bad")
    assert str(tmp_path) not in str(failure.value)
    assert "manifest.json, vrom_id" in str(failure.value)


def test_an_unknown_id_names_the_nearest(make_package, library_of, tmp_path):
    make_package("pydantic", PAGES)
    library = library_of(tmp_path / "cartridges")
    with pytest.raises(NotFoundError, match=r"No cartridge 'pydntic'\. Did you mean 'pydantic'\?"):
        library.open("pydntic")
    assert library.open("hub://pydantic").id == "pydantic"


class TestVersions:
    """Several versions of one cartridge, side by side."""

    @pytest.fixture
    def library(self, make_package, library_of, tmp_path):
        for version in ("1.2.0", "1.10.0", "2.0.0-rc.1"):
            make_package("one", PAGES, root=tmp_path / version, version=version)
            (tmp_path / version / "one").rename(tmp_path / version / f"one@{version}")
            (tmp_path / "cartridges").mkdir(exist_ok=True)
            (tmp_path / version / f"one@{version}").rename(tmp_path / "cartridges" / f"one@{version}")
        return library_of(tmp_path / "cartridges")

    def test_the_newest_is_what_the_id_means(self, library):
        assert ids(library) == ["one"]
        assert library.open("one").version == "1.10.0"
        assert library.open("one@latest") is library.open("hub://one")
        assert [cartridge.version for cartridge in library.open_all(library.select())[0]] == ["1.10.0"], (
            "older ones aren't searched unasked"
        )

    @pytest.mark.parametrize(
        ("wanted", "version"), [("1.2", "1.2.0"), ("<1.10", "1.2.0"), ("2", "2.0.0-rc.1"), ("1", "1.10.0")]
    )
    def test_the_others_are_opened_by_version_or_range(self, library, wanted, version):
        assert library.open(f"one@{wanted}").version == version

    def test_what_an_answer_cites_opens_the_same_version(self, library):
        for wanted in ("1.2.0", "1.10.0", "2"):
            cartridge = library.open(f"one@{wanted}")
            assert library.open(cartridge.id) is cartridge
        assert library.open("one@1.2").id == "one@1.2.0"
        assert library.open("one").id == "one"

    def test_a_version_that_is_not_here_is_named_with_those_that_are(self, library):
        with pytest.raises(NotFoundError, match=r"No version of one '1\.3'\. .*'1\.2\.0'"):
            library.open("one@1.3")

    @pytest.mark.usefixtures("library")
    def test_the_first_root_decides_which_version_the_id_means(self, library_of, make_package, tmp_path):
        make_package("one", PAGES, root=tmp_path / "project", version="1.2.0")
        library = library_of(tmp_path / "project", tmp_path / "cartridges")
        assert library.open("one").version == "1.2.0"
        assert library.open("one@1.10").version == "1.10.0"

    def test_a_newer_version_that_arrives_takes_the_id(self, library, make_package, tmp_path):
        before = library.open("one")
        make_package("one", PAGES, root=tmp_path / "cartridges", version="3.0")
        library.refresh(force=True)
        assert library.open("one").version == "3.0"
        assert library.open("one@1.10").id == "one@1.10.0"
        assert before.id == "one"


class TestManyMounts:
    """A thousand cartridges cost what is used."""

    @pytest.fixture
    def library(self, make_packages, library_of):
        return library_of(make_packages(60))

    def test_mounting_reads_manifests_alone_and_each_once(self, library, monkeypatch):
        read = []
        monkeypatch.setattr(
            "vrom.library.mount.read_manifest", lambda folder: read.append(folder.name) or read_manifest(folder)
        )
        monkeypatch.setattr("vrom.index.cartridge.open_contents", None)
        assert len(library.mounts()) == 60
        library.refresh(force=True)
        assert len(read) == len(set(read)) == 60

    def test_looking_for_changes_reads_nothing(self, library, monkeypatch):
        library.mounts()
        monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("a file was opened"))
        assert library.refresh(force=True) is False

    def test_a_question_to_all_goes_to_those_that_it_is_about(self, library):
        opened, notes = library.open_all(library.select(None, "how do I use topic41"))
        assert len(opened) == SEARCHED
        assert "cartridge-41" in [cartridge.id for cartridge in opened]
        assert any("12 of 60 cartridges" in note for note in notes)
        assert sum(mount.cartridge is not None for mount in library.mounts()) == SEARCHED

    def test_once_all_are_known_it_goes_to_those_that_contain_the_answer(self, library, make_package):
        pages = {"kiln.md": ["# Kiln\n\nThe glaze crawls if it is too thick."]}
        make_package("cartridge-41", pages, description="Documentation of topic41 and of rivers")
        library.refresh(force=True)
        library.learn_contents()
        selection = library.select(None, "how thick may a glaze be")
        assert len(selection.mounts) == SEARCHED
        assert "cartridge-41" in [mount.id for mount in selection.mounts]

    def test_what_is_known_is_kept_for_the_next_server(self, library, monkeypatch):
        library.learn_contents()
        again = Library(library.roots, cache=library.cache, models=library.models)
        monkeypatch.setattr("vrom.library.library.KEPT_OPEN", 20)
        monkeypatch.setattr("vrom.library.mount.Mount.open", lambda *_: pytest.fail("a cartridge was opened"))
        again.learn_contents()
        assert len(again.select(None, "rivers").mounts) == SEARCHED

    def test_a_few_dozen_are_opened_ahead(self, library):
        library.learn_contents()
        again = Library(library.roots, cache=library.cache, models=library.models)
        again.learn_contents()
        assert not any(mount.is_closed for mount in again.mounts())

    def test_by_words_alone_no_model_is_asked(self, library, monkeypatch):
        library.learn_contents()
        monkeypatch.setattr(Library, "embedders", property(lambda _: pytest.fail("a model was asked")))
        assert len(library.select(None, "how do I begin", "lexical").mounts) == SEARCHED

    def test_one_that_proves_to_be_damaged_is_left_out_of_what_is_known(self, library):
        (library.roots[0] / "cartridge-7" / "index.json").write_text("no JSON")
        library.refresh(force=True)
        library.learn_contents()
        assert [mount.id for mount in library.choice.unopened(library.searched_by_default())] == ["cartridge-7"]
        assert library.mount("cartridge-7").state == "broken"

    def test_without_a_question_or_with_names_all_that_are_asked_for_are_opened(self, library):
        assert len(library.open_all(library.select())[0]) == 60
        wanted = [f"cartridge-{i}" for i in range(40)]
        opened, notes = library.open_all(library.select(wanted, "how do I use topic41"))
        assert ([cartridge.id for cartridge in opened], notes) == (wanted, [])

    def test_a_few_are_all_searched_without_a_word(self, make_package, library_of, tmp_path):
        make_package("one", PAGES)
        library = library_of(tmp_path / "cartridges")
        opened, notes = library.open_all(library.select(None, "nothing to do with it"))
        assert (len(opened), notes) == (1, [])

    def test_those_that_were_not_used_for_long_are_closed(self, library, monkeypatch):
        monkeypatch.setattr("vrom.library.library.KEPT_OPEN", 3)
        held = library.open("cartridge-0")
        for i in range(1, 8):
            library.open(f"cartridge-{i}")
        still = [mount.id for mount in library.mounts() if mount.cartridge is not None]
        assert sorted(still) == ["cartridge-5", "cartridge-6", "cartridge-7"]
        assert held.chunks[0].text == "# Guide\n\nHow to begin.", "what is in use goes on"
        assert library.open("cartridge-0").chunks[0] == held.chunks[0]
