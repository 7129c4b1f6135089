"""`vrom build`, as a person or a script calls it."""

import json
import shutil

import pytest

KETTLE = "# Kettle\n\nFill it up to the mark.\n\n## Errors\n\n`E_DRY_BOIL`: it was switched on empty.\n"


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "kettle.md").write_text(KETTLE)
    (folder / "teapot.md").write_text("# Teapot\n\nWarm the pot first, then one spoon of leaves for each cup.\n")
    (folder / "logo.png").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture
def home(tmp_path, model_home):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "models").symlink_to(model_home / "models")
    return tmp_path / "home"


@pytest.fixture
def vrom(vrom, home, tmp_path):
    """The command where `docs` is, with the model."""
    vrom.folder = tmp_path
    return vrom


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


def test_a_folder_of_documentation_becomes_a_cartridge_that_answers(vrom, docs, home):
    done = vrom("build", docs, "--id", "tea", "--version", "2.0.0", "--description", "All about tea")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "tea 2.0.0 built in" in done.stderr
    assert "*.png: not documentation" in done.stderr
    assert "vrom search tea" in done.stderr, "the next command to type"
    assert manifest(home / "vroms" / "tea")["description"] == "All about tea"
    answer = vrom("search", "tea", "what does E_DRY_BOIL mean", VROM_CARTRIDGES=str(home / "vroms"))
    assert "switched on empty" in answer.stdout


class TestWhatSomebodyElseHasMade:
    """A build doesn't take its place."""

    @pytest.fixture
    def pulled(self, vrom, make_package, home):
        folder = make_package("tea", {"tea.md": ["# Tea\n\nOf others."]}, version="0.9.0")
        assert vrom("pull", folder).returncode == 0
        return home / "vroms" / "tea"

    @pytest.mark.parametrize(
        "where", [["--version", "0.9.0"], ["--out", "home/vroms/tea"]], ids=["by default", "with --out"]
    )
    def test_a_pulled_cartridge_stays_until_it_is_removed(self, vrom, docs, pulled, where):
        before = manifest(pulled)
        done = vrom("build", docs, "--id", "tea", *where)
        assert done.returncode == 1
        for said in ("contains tea 0.9.0, pulled from ", "--out", "vrom remove tea@0.9.0"):
            assert said in " ".join(done.stderr.split()), done.stderr
        assert manifest(pulled) == before
        assert vrom("remove", "tea@0.9.0").returncode == 0
        assert vrom("build", docs, "--id", "tea").returncode == 0
        assert manifest(pulled)["version"] == "unknown"

    def test_a_build_of_another_version_stands_beside_a_pulled_one(self, vrom, docs, pulled):
        before = manifest(pulled)
        assert vrom("build", docs, "--id", "tea").returncode == 0
        assert manifest(pulled) == before
        assert manifest(pulled.with_name("tea@unknown"))["version"] == "unknown"

    def test_a_pulled_cartridge_is_not_built_again_in_its_place(self, vrom, docs, pulled, home):
        document = manifest(pulled)
        document["build"] = {"request": {"sources": [str(docs)]}}
        (pulled / "manifest.json").write_text(json.dumps(document))
        done = vrom("build", "--update", "tea", "--yes")
        assert (done.returncode, "pulled from" in done.stderr) == (1, True), done.stderr

    def test_a_cartridge_of_another_id_stays(self, vrom, docs, make_package, home):
        folder = make_package("coffee", {"a.md": ["# A\n\nB."]}).rename(home / "tea")
        done = vrom("build", docs, "--id", "tea", "--out", folder)
        assert (done.returncode, "contains coffee 1.0.0" in done.stderr) == (1, True), done.stderr


def test_out_names_the_folder_that_becomes_the_package(vrom, docs, tmp_path):
    done = vrom("build", docs, "--id", "tea", "--out", "made/here")
    assert done.returncode == 0, done.stderr
    files = {file.name for file in (tmp_path / "made" / "here").iterdir()}
    assert files - {"tokens.bin"} == {"chunks.json", "index.json", "manifest.json"}
    assert "--cartridges made/here" in done.stderr
    assert vrom("check", "made/here").returncode == 0
    assert vrom("check", "made").returncode == 0


def test_json_is_one_document_on_stdout(vrom, docs, home):
    report = json.loads(vrom("build", docs, "--id", "tea", "--json").stdout)
    assert (report["id"], report["version"], report["folder"]) == ("tea", "unknown", str(home / "vroms" / "tea"))
    assert (report["pages"], report["chunks"], report["embedded"], report["unchanged"]) == (2, 2, 2, False)
    [skipped] = report["skipped"]
    assert (skipped["name"], skipped["reason"][:17]) == ("*.png", "not documentation")
    assert json.loads(vrom("build", docs, "--id", "tea", "--json").stdout)["unchanged"] is True


def test_the_time_is_the_one_that_the_environment_gives(vrom, docs, tmp_path):
    for name in ("one", "two"):
        assert vrom("build", docs, "--id", "tea", "--out", name, SOURCE_DATE_EPOCH="1767355200").returncode == 0
    assert manifest(tmp_path / "one")["created_at"] == "2026-01-02T12:00:00Z"
    for name in ("manifest.json", "index.json", "chunks.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert vrom("build", docs, "--id", "tea", SOURCE_DATE_EPOCH="noon").returncode == 1


class TestDryRun:
    @pytest.mark.parametrize("home_of_models", ["home", "empty"], ids=["with the model", "without a model"])
    def test_tells_what_would_be_built_and_writes_nothing(self, vrom, docs, tmp_path, home_of_models):
        (docs / "cup.md").write_text("# Cup\n\n## Rinse\n\n1. Now:\n\n   ```sh\n   rinse --hot\n   ```\n")
        before = set(tmp_path.rglob("*"))
        variables = {"VROM_HOME": str(tmp_path / home_of_models)}
        done = vrom("build", docs, "--dry-run", **variables)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert "3 pages, 5 sections, " in done.stderr
        assert " 3 chunks, 1 code block, " in done.stderr
        assert "*.png: not documentation (1 file)" in done.stderr
        assert "Kettle > Errors" in done.stderr or "`E_DRY_BOIL`: it was switched on empty." in done.stderr
        report = json.loads(vrom("build", docs, "--dry-run", "--json", **variables).stdout)
        assert (report["pages"], report["sections"], report["chunks"], report["code_blocks"]) == (3, 5, 3, 1)
        assert [one["source_file"] for one in report["sample"]] == ["cup.md", "kettle.md", "teapot.md"]
        assert report["is_estimated"] is (home_of_models == "empty")
        assert set(tmp_path.rglob("*")) == before

    def test_shows_all_chunks_of_the_page_that_is_named(self, vrom, docs):
        done = vrom("build", docs, "--dry-run", "--page", "kettle.md")
        assert "kettle.md: 1 chunk\n" in done.stderr
        assert "1 · Kettle" in done.stderr
        page = json.loads(vrom("build", docs, "--dry-run", "--page", "teapot.md", "--json").stdout)
        assert (page["source_file"], len(page["chunks"])) == ("teapot.md", 1)
        assert page["chunks"][0]["tokens"] > 10
        wrong = vrom("build", docs, "--dry-run", "--page", "teepot.md")
        assert (wrong.returncode, "Did you mean 'teapot.md'" in wrong.stderr) == (1, True)


class TestWhatIsLeftOut:
    @pytest.fixture
    def quarto(self, docs):
        """A folder most of whose documentation has no reader."""
        for number in range(5):
            (docs / f"{number}.sdoc").write_text("Cups\n")
        (docs / "6.SDOC").write_text("Cups\n")
        return docs

    @pytest.mark.parametrize("columns", ["80", "120"])
    def test_much_of_it_is_a_warning_before_all_else_and_beside_the_result(self, vrom, quarto, columns):
        lines = vrom("build", quarto, "--id", "tea", COLUMNS=columns).stderr.splitlines()
        assert "Warning" in lines[0]
        assert "6 of 8 documentation files are left out." in lines[1]
        assert "documentation that vrom can't read: 6 .sdoc files; " in lines[2]
        assert max(map(len, lines[:4])) <= int(columns)
        [result] = [line for line in lines if "built in" in line]
        assert "without 6 of 8 documentation files" in result
        assert "✓" not in result

    def test_a_strict_build_of_it_fails_and_writes_nothing(self, vrom, quarto, home):
        done = vrom("build", quarto, "--id", "tea", "--strict", "--json")
        assert done.returncode == 1
        assert "6 of 8 documentation files" in done.stderr
        report = json.loads(done.stdout)
        assert (report["folder"], report["pages"], report["left_out"]["files"]) == (None, 2, 6)
        assert not (home / "vroms" / "tea").exists()
        assert vrom("build", quarto, "--dry-run", "--strict").returncode == 1

    def test_little_of_it_is_a_line_before_the_result(self, vrom, docs, home):
        for number in range(7):
            (docs / f"{number}.md").write_text(f"# Cup {number}\n\nText.\n")
        (docs / "a.sdoc").write_text("Cups\n")
        done = vrom("build", docs, "--id", "tea", "--strict")
        assert done.returncode == 0
        assert done.stderr.startswith("! documentation that vrom can't read: 1 .sdoc file; ")
        assert "✓ tea version unknown built in" in done.stderr
        assert manifest(home / "vroms" / "tea")["build"]["left_out"] == 1


class TestUpdate:
    def test_builds_again_from_what_the_manifest_recorded(self, vrom, docs, home):
        vrom("build", "docs", "--id", "tea", "--prefix", "p", "--description", "All about tea", "--version", "2.0.0")
        (docs / "cup.md").write_text("# Cup\n\nRinse it with hot water before you pour.\n")
        report = json.loads(vrom("build", "--update", "tea", "--json").stdout)
        assert (report["pages"], report["embedded"], report["version"]) == (3, 1, "2.0.0")
        assert manifest(home / "vroms" / "tea")["description"] == "All about tea"

    def test_takes_what_is_given_anew(self, vrom, docs, home):
        vrom("build", "docs", "--id", "tea", "--description", "All about tea")
        assert vrom("build", "--update", "tea", "--version", "3.0.0").returncode == 0
        assert manifest(home / "vroms" / "tea")["version"] == "3.0.0"
        assert manifest(home / "vroms" / "tea")["description"] == "All about tea"

    def test_repeats_how_plain_texts_are_read(self, vrom, docs, home):
        vrom("build", "docs", "--id", "tea", "--as-is")
        assert vrom("build", "--update", "tea").returncode == 0
        assert manifest(home / "vroms" / "tea")["build"]["request"]["recovery"] == "never"
        assert vrom("build", "--update", "tea", "--from-dump").returncode == 0
        assert manifest(home / "vroms" / "tea")["build"]["request"]["recovery"] == "always"
        assert vrom("build", "--update", "tea", "--from-dump", "--as-is").returncode == 2

    def test_finds_a_package_in_the_folder_that_is_named(self, vrom, docs):
        vrom("build", "docs", "--id", "tea", "--out", "made")
        assert "tea version unknown unchanged: made" in vrom("build", "--update", "tea", "--out", "made").stderr
        assert vrom("build", "--update", "teapot", "--out", "made").returncode == 1

    def test_says_what_there_is_instead(self, vrom, docs):
        vrom("build", "docs", "--id", "tea")
        done = vrom("build", "--update", "tee")
        assert (done.returncode, "Did you mean 'tea'?" in done.stderr) == (1, True)

    def test_shows_what_a_package_from_elsewhere_asks_to_read_and_reads_it_only_with_yes(
        self, vrom, docs, home, tmp_path
    ):
        vrom("build", "docs", "--id", "tea")
        private = tmp_path / "private"
        private.mkdir()
        (private / "diary.md").write_text("# Diary\n\nNobody but me may read this.")
        file = home / "vroms" / "tea" / "manifest.json"
        document = json.loads(file.read_text())
        document["build"]["request"]["sources"] = [str(private)]
        file.write_text(json.dumps(document))
        for options in ([], ["--dry-run"]):
            done = vrom("build", "--update", "tea", *options)
            assert done.returncode == 1
            assert str(private) in "".join(done.stderr.split())
            assert "--yes" in done.stderr
            assert "Nobody but me" not in done.stderr + (file.parent / "chunks.json").read_text()
        assert vrom("build", "--update", "tea", "--yes").returncode == 0
        assert "Nobody but me" in (file.parent / "chunks.json").read_text()
        assert vrom("build", "--update", "tea").returncode == 0, "what was confirmed once is this machine's own request"

    def test_a_copy_of_a_package_in_another_folder_is_asked_about(self, vrom, docs, home, tmp_path):
        vrom("build", "docs", "--id", "tea")
        shutil.copytree(home / "vroms" / "tea", tmp_path / ".vrom" / "cartridges" / "tea")
        assert vrom("build", "--update", "tea").returncode == 1

    def test_is_wrong_usage_with_sources(self, vrom, docs):
        assert vrom("build", docs, "--update", "tea").returncode == 2

    def test_a_package_of_another_tool_does_not_tell(self, vrom, write_package, home):
        write_package(home / "vroms", "foreign", {"a.md": ["# A"]})
        done = vrom("build", "--update", "foreign")
        assert (done.returncode, "vrom build SOURCE --id foreign" in done.stderr) == (1, True)


def test_without_any_model_nothing_is_built_and_the_remedy_is_told(vrom, docs, tmp_path):
    empty = tmp_path / "empty"
    unreachable = {
        "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path / "hf"), "PIP_NO_INDEX": "1", "UV": "no-such-uv",
        "PIP_FIND_LINKS": "",
    }  # fmt: skip
    done = vrom("build", docs, "--id", "tea", VROM_HOME=str(empty), **unreachable)
    assert (done.returncode, done.stdout) == (1, "")
    assert "vrom model pull" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (empty / "vroms").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "SOURCE"),
        (["docs/kettle.md"], 2, "--id"),
        (["docs", "--id", "../tea"], 2, "--id: '../tea': an id has up to 128 letters"),
        (["docs", "--id", "tea", "--target", "3"], 2, "--target"),
        (["docs", "--id", "tea", "--quantization", "q3"], 2, "q3"),
        (["docs", "--id", "tea", "--model", "nosuch"], 1, "No embedding model 'nosuch'"),
        (["nowhere", "--id", "tea"], 1, "nowhere does not exist"),
        (["docs", "--id", "tea", "--out", "."], 1, "holds other things"),
    ],
)
def test_what_is_wrong_is_named(vrom, docs, arguments, code, said):
    done = vrom("build", *arguments)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_source_that_is_not_there_is_named_before_a_model_is_fetched(vrom, tmp_path):
    done = vrom("build", "nowhere", "--id", "tea", VROM_HOME=str(tmp_path / "empty"))
    assert done.stderr == "Error: nowhere does not exist. Expected a folder, a file or a URL.\n"
    assert not (tmp_path / "empty" / "models").exists()


def test_a_model_that_is_here_is_not_spoken_of(vrom, docs):
    assert "✓ model" not in vrom("build", docs, "--id", "tea", "--description", "All about tea").stderr


def test_a_description_that_is_missing_is_asked_for(vrom, docs):
    assert "--description" in vrom("build", docs, "--id", "tea").stderr
    assert "--description" not in vrom("build", docs, "--id", "tea", "--description", "All about tea").stderr


def test_an_installed_package_is_built_at_its_version(vrom, home):
    from importlib.metadata import version

    done = vrom("build", "--package", "pluggy", "--id", "pluggy")
    assert done.returncode == 0, done.stderr
    assert manifest(home / "vroms" / "pluggy")["version"] == version("pluggy")
    assert manifest(home / "vroms" / "pluggy")["build"]["request"]["sources"] == ["package:pluggy"]
    assert "pluggy " + version("pluggy") + " unchanged" in vrom("build", "--update", "pluggy").stderr


def test_importing_a_package_is_recorded_and_asked_about_before_it_is_repeated(vrom, home):
    assert vrom("build", "--package", "pluggy", "--import", "--id", "pluggy").returncode == 0
    file = home / "vroms" / "pluggy" / "manifest.json"
    document = json.loads(file.read_text())
    assert document["build"]["request"]["import_packages"] is True
    document["build"]["request"]["sources"] = ["package:typer"]
    file.write_text(json.dumps(document))
    done = vrom("build", "--update", "pluggy")
    assert (done.returncode, "with --import" in done.stderr) == (1, True), done.stderr


def test_pages_that_cannot_be_had_are_named_and_end_the_build(vrom, docs, home):
    address = "http://127.0.0.1:9/kettle.html"
    done = vrom("build", docs, address, "--id", "tea", "--allow-private")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{address}: " in done.stderr
    assert "--allow-partial" in done.stderr
    assert not (home / "vroms" / "tea").exists()
    report = json.loads(
        vrom("build", docs, address, "--id", "tea", "--allow-private", "--allow-partial", "--json").stdout
    )
    assert [one["name"] for one in report["skipped"] if one["failed"]] == [address]


@pytest.mark.parametrize("option", ["--ref=v1", "--path=docs"])
def test_what_is_for_git_needs_git(vrom, docs, option):
    assert vrom("build", docs, "--id", "tea", option).returncode == 2
