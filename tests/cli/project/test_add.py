"""`vrom add`: from a lock file to documentation that is searched at the locked version."""

import json

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


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
    found = {one["source_file"]: one for one in search(vrom, "how do I fill a kettle", "--top-k", "9")["results"]}
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
    mine = vrom("search", "fill a kettle", "--json", CLAUDE_PROJECT_DIR=str(vrom.folder))
    theirs = vrom("search", "fill a kettle", "--json", CLAUDE_PROJECT_DIR=str(other))
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


def test_an_address_in_a_private_network_must_be_the_users_own_choice(vrom, release, lock, site):
    release("1.0")
    lock("1.0")
    (entry,) = json.loads(vrom("add", "--json", UV_INDEX="").stdout)["dependencies"]
    assert "private address, which only the project names" in entry["problems"][0]
    assert site.asked == []
