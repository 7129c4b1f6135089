"""`vrom add`: from a lock file to documentation that is searched at the locked version."""

import io
import json
import tarfile

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def add(vrom, *words, code=0):
    done = vrom("add", "--json", *words)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)["dependencies"]


def search(vrom, query, *words):
    done = vrom("search", *words, query, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_guides_come_from_the_source_distribution_and_the_reference_from_the_wheel(vrom, release, lock):
    digests = release("1.0")
    lock("1.0", digests["kettle-1.0.tar.gz"])
    (entry,) = add(vrom)
    assert (entry["name"], entry["version"], entry["state"], entry["cartridge"]) == ("kettle", "1.0", "added", "kettle")
    assert {(one["source"], one["digest"]) for one in entry["sources"]} == {
        (name, f"sha256:{digest}") for name, digest in digests.items()
    }
    found = {
        one["source_file"]: one for one in search(vrom, "how do I fill a kettle", "--max-tokens", "8000")["results"]
    }
    assert "docs/guide.md" in found
    assert "fill(litres: float)" in found["reference/kettle"]["text"]
    assert {(one["version"], one["locked"]) for one in found.values()} == {("1.0", "1.0")}
    assert search(vrom, "fill a kettle")["notes"] == []


def test_the_second_time_nothing_is_fetched_and_nothing_is_made(vrom, release, lock, site):
    release("1.0")
    lock()
    add(vrom)
    asked = len(site.asked)
    manifest = vrom.folder.parent / "home" / "vroms" / "kettle" / "manifest.json"
    before = manifest.stat()
    (entry,) = add(vrom)
    assert (entry["state"], len(site.asked)) == ("unchanged", asked)
    assert manifest.stat().st_ino == before.st_ino
    (entry,) = add(vrom, "--offline")
    assert entry["state"] == "unchanged"


def test_two_projects_get_their_own_versions(vrom, release, lock):
    release("1.0", "litres: float")
    release("2.0", "volume: Volume")
    other = vrom.folder.parent / "other"
    lock("1.0")
    lock("2.0", folder=other)
    add(vrom)
    add(vrom, "--project", other)
    mine = vrom("search", "fill a kettle", "--max-tokens", "8000", "--json", CLAUDE_PROJECT_DIR=str(vrom.folder))
    theirs = vrom("search", "fill a kettle", "--max-tokens", "8000", "--json", CLAUDE_PROJECT_DIR=str(other))
    for done, version, signature in [(mine, "1.0", "litres: float"), (theirs, "2.0", "volume: Volume")]:
        found = json.loads(done.stdout)["results"]
        assert {one["version"] for one in found} == {version}
        assert any(f"fill({signature})" in one["text"] for one in found)


def test_another_version_than_the_locked_one_is_said_in_the_answer(vrom, release, lock):
    release("1.0")
    release("2.0")
    lock("2.0")
    add(vrom, "kettle==1.0")
    answer = vrom("search", "fill a kettle").stdout
    assert "From kettle 1.0 (the project locks 2.0)." in answer
    assert "vrom add kettle==2.0" in answer


def test_another_file_than_the_locked_one_is_refused_and_the_rest_goes_on(vrom, release, lock, site):
    digests = release("1.0")
    lock("1.0", digests["kettle-1.0.tar.gz"])
    site.files["/files/kettle-1.0.tar.gz"] = b"something else"
    (entry,) = add(vrom)
    assert "another file than the project locks" in entry["problems"][0]
    assert [one["source"] for one in entry["sources"]] == ["kettle-1.0-py3-none-any.whl"]


def test_nothing_of_a_distribution_is_executed(vrom, release, lock):
    release("1.0")
    lock()
    add(vrom)  # its setup.py would end the process


def test_offline_says_that_there_is_nothing(vrom, release, lock, site):
    release("1.0")
    lock()
    (entry,) = add(vrom, "--offline")
    assert (entry["state"], site.asked) == ("nothing", [])


def test_a_dry_run_lists_versions_and_makes_nothing(vrom, lock, site):
    lock()
    done = vrom("add", "--dry-run")
    assert "kettle 1.0  main" in done.stderr
    assert not (vrom.folder.parent / "home" / "vroms").exists()
    assert site.asked == []


def test_the_lock_files_of_parts_are_read_and_named(vrom, lock):
    lock("1.0")
    part = vrom.folder / "backend"
    part.mkdir()
    (part / "requirements.txt").write_text("kettle==2.0\n")
    done = vrom("add", "--dry-run")
    assert "2 dependencies of uv.lock, backend/requirements.txt" in done.stdout + done.stderr
    assert "Several versions of kettle are locked: 1.0 in the root; 2.0 in backend." in done.stdout + done.stderr


def test_what_is_left_out_is_named(vrom, site):
    lines = "./ours\nkettle @ git+https://git.example/kettle@main\n"
    (vrom.folder / "requirements.txt").write_text(lines)
    (vrom.folder / "lib").mkdir()
    (vrom.folder / "lib" / "package.json").write_text('{"name": "lib", "version": "1.0.0"}')
    (vrom.folder / "package.json").write_text('{"dependencies": {"lib": "file:lib"}}')
    packages = {"": {"dependencies": {"lib": "file:lib"}}, "lib": {"version": "1.0.0"}}
    packages["node_modules/lib"] = {"resolved": "lib", "link": True}
    (vrom.folder / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    done = vrom("add", "--no-own", UV_DEFAULT_INDEX=site.url("/simple"))
    assert done.returncode == 0, done.stderr
    assert "requirements.txt, line 1: ./ours is left out" in done.stderr
    assert "Left out, as they are folders of this machine: lib." in done.stderr
    assert "kettle: it comes from git+https://git.example/kettle@main, not from a package index." in done.stderr
    assert "the newest is taken" not in done.stderr
    assert site.asked == []


def test_a_lock_that_can_t_be_read_is_named_with_its_line(vrom):
    (vrom.folder / "uv.lock").write_text("version = 1\n[[")
    done = vrom("add")
    assert "uv.lock, line 2: not valid TOML" in done.stderr
    assert done.returncode == 0


def test_an_agent_is_told_of_a_dependency_without_documentation(vrom, lock, make_package):
    lock()
    make_package("toaster", {"toaster.md": ["# Toaster\n\nIt toasts."]}, root=vrom.folder / ".vrom" / "cartridges")
    notes = search(vrom, "how does kettle work", "--mode", "lexical")["notes"]
    assert any("kettle 1.0, which has no documentation here: `vrom add kettle==1.0` adds it." in note for note in notes)


def test_the_projects_own_documentation_is_a_cartridge_in_the_project(vrom, release, lock):
    release("1.0")
    folder = lock()
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "0.1"\ndependencies = ["kettle"]\n')
    (folder / "docs").mkdir()
    (folder / "docs" / "tea.md").write_text("# Tea\n\nSteep it for three minutes.\n")
    done = vrom("add", "--json")
    own = json.loads(done.stdout)["own"]
    assert (own["name"], own["version"], own["state"], own["documents"]) == ("shop", "0.1", "added", 1)
    assert ".vrom/.gitignore keeps out of commits" in done.stderr
    assert {one["cartridge"] for one in search(vrom, "steep tea three minutes")["results"]} >= {"shop"}
    again = vrom("add", "--json")
    assert json.loads(again.stdout)["own"]["state"] == "unchanged"
    assert "out of commits" not in again.stderr


@pytest.mark.parametrize("words", [["--no-own"], ["kettle"]])
def test_own_documentation_is_left_out_if_names_are_given_or_it_is_not_wanted(vrom, release, lock, words):
    release("1.0")
    folder = lock()
    (folder / "package.json").write_text('{"name": "shop"}')
    (folder / "README.md").write_text("# Shop")
    done = vrom("add", "--json", *words)
    assert json.loads(done.stdout)["own"] is None
    assert not (folder / ".vrom").exists()


def test_the_background_makes_only_the_vectors_of_what_was_added(vrom, release, lock, wait_for):
    release("1.0")
    folder = lock()
    (folder / "package.json").write_text('{"name": "shop"}')
    (folder / "README.md").write_text("# Shop\n\nA shop for tea.")
    vrom("add", "--detach", "--exclude", "*")
    wait_for(lambda: (folder / ".vrom" / "cartridges" / "shop" / "index.json").exists())
    assert not (vrom.folder.parent / "home" / "vroms" / "kettle").exists()


def test_a_repository_is_read_only_where_there_are_no_guides_and_it_may_be(vrom, release, lock):
    """`git` isn't on the path of these commands, so that each attempt is a problem."""
    link = "Project-URL: Source, https://github.com/tea/kettle\n"
    release("1.0", guide="", links=link)
    release("2.0", links=link)
    lock("2.0")
    (entry,) = add(vrom)
    assert entry["problems"] == [], "its source distribution has guides"
    lock("1.0")
    for option in ("--no-git", "--offline"):
        (entry,) = add(vrom, option)
        assert not any("git" in problem for problem in entry["problems"])
        vrom("remove", "kettle@1.0")
    (entry,) = add(vrom)
    assert any("needs the git command" in problem for problem in entry["problems"])
    assert entry["state"] == "added"


def test_another_project_that_locks_other_files_of_the_same_version_gets_its_own(vrom, release, lock, site):
    release("1.0", "from_another: project")
    lock("1.0")
    assert add(vrom)[0]["state"] == "added"
    digests = release("1.0")
    folder = lock("1.0", digests["kettle-1.0.tar.gz"], vrom.folder.parent / "second")
    text = (folder / "uv.lock").read_text()
    wheel = "kettle-1.0-py3-none-any.whl"
    (folder / "uv.lock").write_text(text.replace(f'{wheel}"', f'{wheel}", hash = "sha256:{digests[wheel]}"'))
    assert add(vrom, "--project", folder)[0]["state"] == "added"
    assert add(vrom, "--project", folder)[0]["state"] == "unchanged"


def test_a_name_that_nothing_locks_has_the_newest_version_of_the_index(vrom, release, site):
    release("1.0")
    release("1.10")
    release("2.0rc1")
    done = vrom("add", "--json", "kettle", UV_DEFAULT_INDEX=site.url("/simple"))
    (entry,) = json.loads(done.stdout)["dependencies"]
    assert (entry["version"], entry["state"]) == ("1.10", "added")
    done = vrom("add", "--json", "nothing-of-this-name", UV_DEFAULT_INDEX=site.url("/simple"))
    assert done.returncode == 1
    (entry,) = json.loads(done.stdout)["dependencies"]
    assert entry["state"] == "nothing"
    assert "Name one: `vrom add nothing-of-this-name==VERSION`." in entry["problems"][0]


def test_a_named_dependency_without_documentation_is_a_failure_and_one_of_a_project_is_not(vrom, release, lock):
    release("1.0")
    lock("1.0")
    (entry,) = add(vrom, "kettle==99.0", code=1)
    assert entry["state"] == "nothing"
    assert entry["problems"][-1] == "The project locks 1.0: `vrom add kettle`."
    (entry,) = add(vrom, "ketle==1.0", code=1)
    assert entry["problems"][-1] == "The project has kettle: is one of them meant?"
    assert add(vrom, "kettle")[0]["state"] == "added"
    lock("3.0")
    assert [one["state"] for one in add(vrom)] == ["nothing"]


def test_a_source_that_could_not_be_had_is_tried_again_when_asked_for(vrom, release, lock, site):
    release("1.0")
    lock("1.0")
    sdist = site.files.pop("/files/kettle-1.0.tar.gz")
    (entry,) = add(vrom)
    assert (entry["state"], [one["source"] for one in entry["sources"]]) == ("added", ["kettle-1.0-py3-none-any.whl"])
    site.files["/files/kettle-1.0.tar.gz"] = sdist
    assert add(vrom)[0]["state"] == "unchanged"
    assert "vrom add --retry" in vrom("add").stderr
    (entry,) = add(vrom, "--retry")
    assert (entry["state"], entry["problems"]) == ("added", [])
    assert "kettle-1.0.tar.gz" in [one["source"] for one in entry["sources"]]
    assert add(vrom, "--retry")[0]["state"] == "unchanged"


def test_trying_again_keeps_what_is_there_if_it_would_lose_a_source(vrom, release, lock, site):
    release("1.0")
    lock("1.0")
    wheel = site.files.pop("/files/kettle-1.0-py3-none-any.whl")
    assert [one["source"] for one in add(vrom)[0]["sources"]] == ["kettle-1.0.tar.gz"]
    site.files.clear()
    (entry,) = add(vrom, "--retry")
    assert entry["state"] == "unchanged"
    assert [one["source"] for one in entry["sources"]] == ["kettle-1.0.tar.gz"]
    assert entry["problems"][-1] == "What was there already has more, and is kept."
    assert wheel


def test_what_a_project_lists_without_a_version_is_searched_and_offline_it_has_the_newest_that_is_there(
    vrom, release, lock, site
):
    release("1.0")
    release("2.0")
    (vrom.folder / "requirements.txt").write_text("kettle>=1\n")
    index = {"UV_DEFAULT_INDEX": site.url("/simple")}
    (entry,) = json.loads(vrom("add", "--json", **index).stdout)["dependencies"]
    assert (entry["version"], entry["state"]) == ("2.0", "added")
    done = vrom("add", "--offline", "--json")
    (entry,) = json.loads(done.stdout)["dependencies"]
    assert (entry["version"], entry["state"]) == ("2.0", "unchanged")
    assert "No version is locked of kettle" in done.stderr
    assert "From kettle 2.0." in vrom("search", "boil water").stdout


def test_a_name_of_npm_that_nothing_locks_has_the_version_that_the_registry_calls_the_latest(vrom, site):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in {
            "package.json": '{"name": "pot", "version": "3.1.0"}',
            "README.md": "# Pot\n\nIt brews.",
        }.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    site.files |= {"/pot/latest": b'{"name": "pot", "version": "3.1.0"}', "/pot/-/pot-3.1.0.tgz": packed.getvalue()}
    (vrom.folder.parent / ".npmrc").write_text(f"registry={site.url('/')}\n")
    (entry,) = add(vrom, "npm:pot")
    assert (entry["version"], entry["state"], entry["cartridge"]) == ("3.1.0", "added", "npm.pot")


def test_a_cartridge_that_a_registry_lists_is_pulled_and_nothing_is_built(
    vrom, release, lock, site, make_package, tmp_path
):
    from vrom.registry.publish.publish import publish

    release("1.0")
    release("2.0")
    registry = tmp_path / "registry"
    publish(make_package("kettle", {"guide.md": ["# Guide\n\nFill it."]}, version="1.0"), registry)
    lock("1.0")
    done = vrom("add", "--json", VROM_REGISTRY=str(registry))
    (entry,) = json.loads(done.stdout)["dependencies"]
    assert (entry["state"], [one["source"] for one in entry["sources"]]) == ("added", [f"hub://kettle in {registry}"])
    assert not any("kettle-1.0" in path for path in site.asked)
    assert json.loads(vrom("add", "--json").stdout)["dependencies"][0]["state"] == "unchanged"
    lock("2.0")
    done = vrom("add", "--json", VROM_REGISTRY=str(registry))
    (entry,) = json.loads(done.stdout)["dependencies"]
    assert "kettle-2.0.tar.gz" in [one["source"] for one in entry["sources"]], "the registry lists another version"


def test_a_registry_that_can_t_be_read_is_named_and_the_rest_goes_on(vrom, release, lock, tmp_path):
    release("1.0")
    lock("1.0")
    done = vrom("add", "--json", VROM_REGISTRY=str(tmp_path / "nothing"))
    (entry,) = json.loads(done.stdout)["dependencies"]
    assert entry["state"] == "added"
    assert entry["problems"][0].startswith("registry: ")
