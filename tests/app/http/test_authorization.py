"""Who may ask: nobody without a token, as soon as others could connect."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import ProtectedResourceMetadata

from vrom.app.http.bearer_tokens import KnownTokens, digest_of

pytestmark = pytest.mark.slow

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}


@pytest.fixture
def tokens(environment):
    return KnownTokens(Path(environment["VROM_HOME"]) / "tokens")


@pytest.fixture(scope="module")
def guarded(module_serve, module_environment, write_package, tmp_path_factory):
    """A server that wants a token, with one known: gives both."""
    token = KnownTokens(Path(module_environment["VROM_HOME"]) / "tokens").add("laptop")
    root = write_package(tmp_path_factory.mktemp("cartridges"), "kettle", PAGES).parent
    return module_serve(root, "--require-token"), token


def test_beyond_loopback_it_does_not_start_without_a_token(environment, make_package):
    command = [
        sys.executable,
        "-m",
        "vrom",
        "serve",
        "--transport",
        "streamable-http",
        "--host",
        "0.0.0.0",
        "--port",
        "0",
    ]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "other machines can connect there" in ended.stderr
    assert "vrom token new NAME" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("options", [["--host", "0.0.0.0"], ["--require-token"]])
def test_only_a_known_token_gets_an_answer(serve, make_package, tokens, options):
    token = tokens.add("laptop")
    server = serve(make_package("kettle", PAGES).parent, *options)
    for path in ("/mcp", "/metrics", "/nowhere"):
        refused = server.request("POST", path, {})
        assert refused.status == 401
        assert "error=" not in refused.headers["www-authenticate"], "nothing was sent that could be wrong"
        assert "Authorization: Bearer TOKEN" in refused.json["error_description"]
    for wrong in (
        f"Bearer {token}x",
        "Bearer ",
        f"Basic {token}",
        token,
        "Bearer \u00e9",
        f"Bearer {digest_of(token)}",
    ):
        refused = server.request("POST", "/mcp", {}, authorization=wrong)
        assert refused.status == 401, wrong
        assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    assert server.call("list_cartridges", token=token).status == 200
    assert server.request("GET", "/metrics", authorization=f"Bearer {token}").status == 200


def test_probes_need_neither_token_nor_name_and_tell_nothing(guarded):
    server, _ = guarded
    assert server.request("GET", "/healthz", host="10.0.0.7:9000").json == {"status": "alive"}
    assert "kettle" not in server.request("GET", "/readyz").body.decode()


def test_the_challenge_leads_to_a_document_about_the_resource(guarded):
    server, _ = guarded
    challenge = server.request("POST", "/mcp", {}).headers["www-authenticate"]
    place = server.url.replace("/mcp", "/.well-known/oauth-protected-resource/mcp")
    assert challenge == f'Bearer resource_metadata="{place}"'
    document = server.request("GET", "/.well-known/oauth-protected-resource/mcp")
    described = ProtectedResourceMetadata.model_validate_json(document.body)
    assert str(described.resource) == server.url
    assert described.bearer_methods_supported == ["header"]
    elsewhere = server.request("GET", "/.well-known/oauth-protected-resource", host="localhost:1")
    assert elsewhere.json["resource"] == "http://localhost:1/mcp"


def test_hosts_that_look_for_a_sign_in_learn_that_there_is_none(guarded):
    server, _ = guarded
    for name in ("oauth-authorization-server", "openid-configuration", "oauth-authorization-server/mcp"):
        assert server.request("GET", f"/.well-known/{name}").status == 404
    assert server.request("POST", "/register", {}).status == 401


def test_a_token_that_is_removed_is_refused_by_the_running_server(serve, make_package, tokens):
    kept, removed = tokens.add("kept"), tokens.add("removed")
    server = serve(make_package("kettle", PAGES).parent, "--require-token")
    assert server.call("list_cartridges", token=removed).status == 200
    tokens.remove("removed")
    assert server.call("list_cartridges", token=removed).status == 401
    assert server.call("list_cartridges", token=kept).status == 200


def test_hashes_in_the_environment_are_accepted(serve, make_package):
    variables = {"VROM_TOKENS": f"{digest_of('one')} ci, sha256:{digest_of('two').upper()}"}
    server = serve(make_package("kettle", PAGES).parent, "--require-token", variables=variables)
    assert [server.call("list_cartridges", token=token).status for token in ("one", "two", "ci")] == [200, 200, 401]


@pytest.mark.parametrize("era", ["auto", "legacy"])
def test_a_client_with_the_header_works(guarded, era):
    server, token = guarded

    async def session():
        http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"})
        async with http, Client(streamable_http_client(server.url, http_client=http), mode=era) as client:
            found = await client.call_tool("search_docs", {"query": "kettle", "mode": "lexical"})
            assert "kettle#0" in found.content[0].text

    asyncio.run(session())
