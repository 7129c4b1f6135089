"""Who sees the pages, and who may change something."""

import re
import time

import pytest

from vrom.app.explorer.access import Access
from vrom.app.http.bearer_tokens import KnownTokens

PAGES = ["/explorer/", "/explorer/search?q=x", "/explorer/document?cartridge=kettle&file=guide.md", "/explorer/jobs"]


@pytest.fixture
def tokens(tmp_path):
    return KnownTokens(tmp_path / "tokens")


@pytest.fixture
def root(make_package):
    return make_package("kettle", {"guide.md": ["# Guide\n\nText."]}).parent


@pytest.mark.parametrize("path", PAGES)
def test_without_a_session_no_page_is_shown(client_of, root, path):
    client = client_of(root, Access(secret="s3cret"))
    response = client.get(path, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/explorer/enter?next=")
    assert "kettle" not in client.get(path).text


def test_the_secret_starts_one_session_and_is_used_up(client_of, root):
    access = Access(secret="s3cret")
    first, second = client_of(root, access), client_of(root, access)
    entered = first.get("/explorer/enter?secret=s3cret", follow_redirects=False)
    assert entered.headers["location"] == "/explorer/", "the secret doesn't stay in the address"
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "kettle" in first.get("/explorer/").text
    assert "kettle" not in second.get("/explorer/enter?secret=s3cret").text
    assert "Set-Cookie" not in second.get("/explorer/enter?secret=wrong").headers


def test_a_known_token_starts_a_session_which_ends_with_it(client_of, root, tokens):
    token = tokens.add("laptop")
    client = client_of(root, Access(tokens=tokens))
    refused = client.post("/explorer/enter", data={"token": token + "x"})
    assert refused.status_code == 401
    assert "not known here" in refused.text
    entered = client.post("/explorer/enter", data={"token": token, "next": "/explorer/search?q=lid"})
    assert str(entered.url).endswith("/explorer/search?q=lid")
    assert client.get("/explorer/", follow_redirects=False).status_code == 200
    tokens.remove("laptop")
    assert client.get("/explorer/", follow_redirects=False).status_code == 303


def test_signing_out_ends_the_session_of_the_browser(client_of, root, tokens):
    client = client_of(root, Access(tokens=tokens))
    page = client.post("/explorer/enter", data={"token": tokens.add("laptop")}).text
    csrf = re.search(r'action="/explorer/leave"><input type="hidden" name="csrf" value="(\w+)"', page)[1]
    assert client.post("/explorer/leave", data={"csrf": "x"}).status_code == 403
    assert client.get("/explorer/", follow_redirects=False).status_code == 200
    assert "asks for a token" in client.post("/explorer/leave", data={"csrf": csrf}).text
    assert client.get("/explorer/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/explorer/\\evil", "/mcp", "javascript:1"]
)
def test_nobody_is_led_elsewhere_by_the_entrance(client_of, root, tokens, target):
    client = client_of(root, Access(tokens=tokens))
    data = {"token": tokens.add("laptop"), "next": target}
    assert client.post("/explorer/enter", data=data, follow_redirects=False).headers["location"] == "/explorer/"


def test_a_changed_or_foreign_session_is_none():
    access = Access(secret="s3cret")
    session = access.use_secret("s3cret")
    assert access.is_session(session)
    body, _, signature = session.rpartition(".")
    for wrong in (
        "",
        ".",
        "local",
        body,
        f"{body}.{'0' * len(signature)}",
        session.replace("local", "other"),
        "ä.1.2.3",
    ):
        assert not access.is_session(wrong)
    assert not Access(secret="s3cret").is_session(session), "another process has another key"


def test_a_session_ends_after_a_while(monkeypatch):
    access = Access(secret="s3cret")
    session = access.use_secret("s3cret")
    later = time.time() + 13 * 3600
    monkeypatch.setattr("vrom.app.explorer.access.time.time", lambda: later)
    assert not access.is_session(session)


def test_other_names_and_origins_are_refused(kettle):
    assert kettle.get("/explorer/", headers={"host": "evil.example"}).status_code == 421
    assert kettle.get("/explorer/", headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://127.0.0.1:9999"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
)
def test_forms_of_other_pages_are_refused_even_from_this_machine(client_of, root, tokens, headers):
    client = client_of(root, Access(tokens=tokens))
    response = client.post("/explorer/enter", data={"token": tokens.add("laptop")}, headers=headers)
    assert response.status_code == 403


def test_each_response_binds_the_browser(kettle):
    for path in ("/explorer/", "/explorer/static/style.css", "/explorer/nowhere", "/explorer/search?q=lid"):
        headers = kettle.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
