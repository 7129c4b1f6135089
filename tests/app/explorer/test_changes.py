"""Changes: only from the forms of this session, and only on the pages of this machine's user."""

import threading
import time

import pytest

from vrom.app.explorer.changes import Changes
from vrom.errors import HubError

FORMS = [
    ("/explorer/pull", {"id": "kettle@2"}, ("pull", "kettle@2")),
    ("/explorer/update", {"id": "kettle"}, ("update", "kettle")),
    ("/explorer/remove", {"id": "kettle@1.0.0", "sure": "1"}, ("remove", "kettle@1.0.0")),
    ("/explorer/build", {"source": "docs", "id": "own"}, ("build", "docs", "own")),
    ("/explorer/build", {"source": "docs", "id": "own", "dry": "1"}, ("dry", "docs", "own")),
]


def wait(condition):
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.parametrize(("path", "form", "asked"), FORMS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_form_of_this_session_starts_a_change_that_is_shown(owner, recorded, csrf, path, form, asked):
    response = owner.post(path, data={**form, "csrf": csrf})
    assert str(response.url).endswith("/explorer/jobs")
    wait(lambda: recorded.asked == [asked])
    wait(lambda: f"{asked[0]} is done" in owner.get("/explorer/jobs").text)


@pytest.mark.parametrize(("path", "form", "_"), FORMS)
def test_a_form_without_the_token_of_the_session_changes_nothing(owner, recorded, csrf, path, form, _):
    for given in ({}, {"csrf": ""}, {"csrf": csrf[:-1]}, {"csrf": "ä" * 64}):
        assert owner.post(path, data={**form, **given}).status_code == 403
    assert owner.post(path, data={**form, "csrf": csrf}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    owner.cookies.clear()
    assert owner.post(path, data={**form, "csrf": csrf}, follow_redirects=False).status_code == 303
    assert recorded.asked == []


@pytest.mark.parametrize("path", ["pull", "update", "remove", "build", "jobs"])
def test_read_only_pages_have_no_changes(kettle, path):
    assert kettle.post(f"/explorer/{path}", data={"id": "kettle", "source": "docs"}).status_code == 404
    assert kettle.get("/explorer/check?cartridge=kettle").status_code == 403
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


def test_jobs_run_one_after_the_other_and_failures_are_told(recorded):
    changed, release, order = [], threading.Event(), []
    changes = Changes(recorded.operations, after=lambda: changed.append(1))

    def slow(progress):
        progress("reading", 3, 10)
        release.wait(5)
        order.append("slow")
        return "read"

    def failing(progress):
        order.append("failing")
        raise HubError("The registry can't be reached.")

    def broken(progress):
        raise ZeroDivisionError("secret detail")

    first, second, third = changes.start("A", slow), changes.start("B", failing), changes.start("C", broken)
    wait(lambda: first.done == 3)
    assert second.state == "running"
    assert not changed
    release.set()
    wait(lambda: first.ended and second.ended and third.ended)
    assert order == ["slow", "failing"]
    assert (second.state, second.message) == ("failed", "The registry can't be reached.")
    assert "secret detail" not in third.message
    wait(lambda: len(changed) == 3)


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


def test_the_owner_sees_what_a_check_finds(owner, tmp_path):
    assert "total_chunks" not in owner.get("/explorer/check?cartridge=kettle").text
    manifest = tmp_path / "cartridges" / "kettle" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"total_chunks": 3', '"total_chunks": 7'))
    time.sleep(0.3)  # the folders are scanned five times a second
    found = owner.get("/explorer/check?cartridge=kettle").text
    assert "total_chunks" in found
    assert "error" in found
