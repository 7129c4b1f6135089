"""Changes: only from the forms of this session, and only on the pages of this machine's user."""

import re
import time
from dataclasses import replace

import pytest

from vrom.app.explorer.access import Access
from vrom.app.explorer.changes.jobs import Changes
from vrom.app.explorer.changes.operations import AddForm, BuildForm, Listed
from vrom.app.explorer.changes.report import Loss, Losses, Report, Row, Sample

FORMS = [
    ("/explorer/pull", {"id": "kettle@2"}, ("pull", "kettle@2")),
    ("/explorer/update", {"id": "kettle"}, ("update", "kettle")),
    ("/explorer/remove", {"id": "kettle@1.0.0", "sure": "1"}, ("remove", "kettle@1.0.0")),
    ("/explorer/refresh", {}, ("refresh",)),
    ("/explorer/update-all", {}, ("update all",)),
    ("/explorer/build", {"source": "docs", "id": "own"}, ("build", BuildForm("docs", "own"))),
    (
        "/explorer/build",
        {"source": "https://docs.example", "dry": "1", "follow": "1", "version": "2", "description": "Tea"},
        ("dry", BuildForm("https://docs.example", "", "2", "Tea", follows_links=True)),
    ),
    ("/explorer/add", {"names": "httpx==0.27.2, npm:zod"}, ("add", AddForm(["httpx==0.27.2", "npm:zod"]))),
    ("/explorer/add", {"names": "zod", "offline": "1", "dry": "1"}, ("dry add", AddForm(["zod"], offline=True))),
    (
        "/explorer/add",
        {"names": ["pypi:a==1", "npm:b==2"], "own": "1", "folder": "/shop"},
        ("add", AddForm(["pypi:a==1", "npm:b==2"], "/shop", own=True)),
    ),
    (
        "/explorer/add",
        {"names": ["pypi:a==1", "npm:b==2"], "own": "1", "folder": "/shop", "only": "npm:c==3"},
        ("add", AddForm(["npm:c==3"], "/shop")),
    ),
]


@pytest.mark.parametrize(("path", "form", "asked"), FORMS)
def test_a_form_of_this_session_starts_a_change_that_is_shown(owner, recorded, csrf, wait_until, path, form, asked):
    response = owner.post(path, data={**form, "csrf": csrf})
    assert response.url.path == "/explorer/jobs/1"
    wait_until(lambda: recorded.asked == [asked])
    wait_until(lambda: f"{asked[0]} is done" in owner.get("/explorer/jobs").text)
    assert f"{asked[0]} is done" in owner.get("/explorer/jobs/1").text


@pytest.mark.parametrize(
    ("path", "form"),
    [("build", {"source": " "}), ("add", {"names": " , "}), ("pull", {"id": ""}), ("jobs/7/cancel", {})],
)
def test_a_form_that_asks_for_nothing_starts_nothing(owner, recorded, csrf, path, form):
    assert owner.post(f"/explorer/{path}", data={**form, "csrf": csrf}).status_code in {400, 404}
    assert recorded.asked == []
    assert "Nothing was changed" in owner.get("/explorer/jobs").text


@pytest.mark.parametrize(("path", "form", "_"), FORMS)
def test_a_form_without_the_token_of_the_session_changes_nothing(owner, recorded, csrf, path, form, _):
    for given in ({}, {"csrf": ""}, {"csrf": csrf[:-1]}, {"csrf": "ä" * 64}):
        assert owner.post(path, data={**form, **given}).status_code == 403
    assert owner.post(path, data={**form, "csrf": csrf}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    owner.cookies.clear()
    assert owner.post(path, data={**form, "csrf": csrf}, follow_redirects=False).status_code == 303
    assert recorded.asked == []


@pytest.mark.parametrize(
    "path", ["pull", "update", "update-all", "remove", "refresh", "build", "add", "jobs", "jobs/1/cancel"]
)
def test_read_only_pages_have_no_changes(kettle, path):
    assert kettle.post(f"/explorer/{path}", data={"id": "kettle", "source": "docs"}).status_code == 404
    assert kettle.get("/explorer/check?cartridge=kettle").status_code == 403
    for path in ("build", "packages", "project", "jobs", "jobs/1"):
        assert kettle.get(f"/explorer/{path}").status_code == 404
    for page in ("/explorer/", "/explorer/cartridge/kettle"):
        assert "/explorer/pull" not in kettle.get(page).text
        assert "/explorer/remove" not in kettle.get(page).text


def test_removing_is_asked_twice(owner, recorded, csrf):
    asked = owner.post("/explorer/remove", data={"id": "kettle", "csrf": csrf})
    assert "Remove kettle?" in asked.text
    assert recorded.asked == []


def test_only_what_lies_in_the_store_can_be_removed(owner, client_of, recorded, make_package, tmp_path):
    assert "/explorer/remove" in owner.get("/explorer/cartridge/kettle").text
    root = make_package("kettle", {"guide.md": ["# Guide\n\nText."]}, root=tmp_path / "elsewhere").parent
    assert (
        "/explorer/remove"
        not in client_of(root, changes=Changes(recorded.operations)).get("/explorer/cartridge/kettle").text
    )


def test_a_large_form_is_refused(owner, csrf):
    assert owner.post("/explorer/pull", data={"csrf": csrf, "id": "x" * 200_000}).status_code == 413


def test_a_running_job_is_cancelled_by_a_form_of_this_session(client_of, recorded, tmp_path, make_package, wait_until):
    def pull(_, job):
        while True:
            job.report("downloading", 3_400_000, 5_000_000)
            time.sleep(0.01)

    changes = Changes(replace(recorded.operations, pull=pull))
    client = client_of(make_package("kettle", {"a.md": ["# A\n\nText."]}).parent, Access(secret="s"), changes)
    client.get("/explorer/enter?secret=s")
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/explorer/").text)[1]
    client.post("/explorer/pull", data={"id": "teapot", "csrf": token})
    wait_until(lambda: "downloading" in client.get("/explorer/jobs/1").text)
    assert client.post("/explorer/jobs/1/cancel", data={}).status_code == 403
    client.post("/explorer/jobs/1/cancel", data={"csrf": token})
    wait_until(lambda: "Nothing half-made is left" in client.get("/explorer/jobs/1").text)
    assert "/cancel" not in client.get("/explorer/jobs/1").text, "there is nothing left to cancel"


def test_all_cartridges_are_checked_in_the_background_and_the_broken_ones_come_first(
    owner, csrf, make_package, wait_until
):
    other = make_package("aaa", {"guide.md": ["# Guide\n\nText."]})
    broken = make_package("zzz", {"guide.md": ["# Guide\n\nText."]}) / "manifest.json"
    broken.write_text(broken.read_text().replace('"total_chunks": 1', '"total_chunks": 7'))
    wait_until(lambda: "zzz" in owner.get("/explorer/check").text)
    assert "not checked" in owner.get("/explorer/check").text
    assert owner.post("/explorer/check").status_code == 403
    owner.post("/explorer/check", data={"csrf": csrf})
    wait_until(lambda: "3 cartridges checked: 1 with errors" in owner.get("/explorer/jobs").text)
    text = owner.get("/explorer/check").text
    assert "not checked" not in text
    assert text.index(">zzz<") < text.index(">aaa<")
    (other / "manifest.json").write_text((other / "manifest.json").read_text() + " ")
    wait_until(lambda: "not checked" in owner.get("/explorer/check").text)


def test_a_job_shows_its_report_and_leads_to_what_it_made(client_of, recorded, make_package, wait_until):
    report = Report(
        "kettle 1.0.0 is built.",
        {"pages": "12"},
        ["It has no description."],
        Losses([Loss("a<b>.odt", "no reader", 3, "convert it")], [Loss("guide.md", "included file not found: x")]),
        [Sample("guide.md", ["Guide", "Boiling\u200b"], "Switch it on.\x1b[31m <script>")],
        [Row("kettle", "1.0.0", "added", "kettle@1.0.0", 2, 12, ["kettle.tar.gz"], ["a problem"])],
        cartridge="kettle@1.0.0",
    )
    changes = Changes(replace(recorded.operations, pull=lambda *_: report))
    client = client_of(make_package("kettle", {"a.md": ["# A\n\nText."]}).parent, changes=changes)
    changes.start("Build", lambda job: report)
    wait_until(lambda: changes.find(1).is_over)
    text = client.get("/explorer/jobs/1").text
    for shown in ("is built", "<dd>12</dd>", "no description", "a&lt;b&gt;.odt", "convert it", "U+001B", "a problem"):
        assert shown in text
    assert "<script>" not in text
    assert "\u200b" not in text
    assert '<input type="hidden" name="in" value="kettle@1.0.0">' in text
    changes.start("Build", lambda job: replace(report, cartridge="gone@1.0.0"))
    wait_until(lambda: changes.find(2).is_over)
    assert "Search it at once" not in client.get("/explorer/jobs/2").text, "it isn't among the mounted ones"


def test_a_dry_run_can_be_done_for_good(owner, csrf, client_of, recorded, make_package, wait_until):
    changes = Changes(recorded.operations)
    client = client_of(make_package("tea", {"a.md": ["# A\n\nText."]}).parent, changes=changes)
    changes.start("Dry run", lambda job: Report("Nothing was written.", repeats={"source": "docs", "version": "2"}))
    wait_until(lambda: changes.find(1).is_over)
    text = client.get("/explorer/jobs/1").text
    assert 'action="/explorer/build"' in text
    assert '<input type="hidden" name="source" value="docs">' in text
    assert 'value="docs"' in client.get("/explorer/build?source=docs&version=2").text


DEPENDENCIES = [
    Listed("pypi:a==1.0", "a", "pypi", "1.0", ["main"], True, "there", "a@1.0", 12),
    Listed("pypi:b==2.0", "b", "pypi", "2.0", ["dev"], True, "other version", other_versions=["1.9"]),
    Listed("npm:c==3.0", "c", "npm", "3.0", [], False, "in a registry"),
    Listed("pypi:d", "d", "pypi", "", ["main"], True, "no version"),
]


def test_a_project_shows_what_it_locks_and_chooses_what_is_missing(owner, recorded, csrf):
    recorded.project = replace(recorded.project, dependencies=DEPENDENCIES)
    text = owner.get("/explorer/project?folder=/shop&all=1").text
    assert recorded.asked == [("project", "/shop")]
    chosen = dict(re.findall(r'name="names" value="([^"]+)" id="[^"]+"( checked)?', text))
    assert chosen == {"pypi:a==1.0": "", "pypi:b==2.0": " checked", "npm:c==3.0": " checked", "pypi:d": ""}
    assert 'href="/explorer/cartridge/a%401.0"' in text
    for shown in ("there: 1.9", "would be pulled", "would be made", "no version locked", "own documentation"):
        assert shown in text
    assert "npm:c==3.0" not in owner.get("/explorer/project").text, "others depend on it"


def test_a_project_that_is_none_is_told(owner, recorded, csrf):
    recorded.project = replace(recorded.project, own="")
    assert "No lock file" in owner.get("/explorer/project").text


def test_the_owner_sees_what_a_check_finds(owner, tmp_path, wait_until):
    assert "total_chunks" not in owner.get("/explorer/check?cartridge=kettle").text
    manifest = tmp_path / "cartridges" / "kettle" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"total_chunks": 3', '"total_chunks": 7'))
    wait_until(lambda: "total_chunks" in owner.get("/explorer/check?cartridge=kettle").text)
    assert "error" in owner.get("/explorer/check?cartridge=kettle").text
