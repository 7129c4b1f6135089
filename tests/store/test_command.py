"""`vrom load`, `unload`, `list --store`, `check --store` and `serve --store`, as an operator calls them."""

import asyncio
import json
import os
import re
import subprocess
import sys

import httpx2
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import ResourceTemplateReference

pytestmark = pytest.mark.slow

PAGES = {"plan.md": ["# Plan\n\nThe zirconia plan of the team, for next year.", "## Costs\n\nZirconia costs more."]}


@pytest.fixture
def engine():
    """PostgreSQL: commands do the same for every engine, and each call is a process."""
    return "postgres"


@pytest.fixture
def environment(model_home, tmp_path, url):
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(model_home / "models")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VROM_")}
    return {**kept, "VROM_HOME": str(home), "VROM_STORE": url, "PYTHONWARNINGS": "error", "COLUMNS": "200"}


@pytest.fixture
def vrom(environment, tmp_path):
    def run(*words, **variables):
        return subprocess.run(
            [sys.executable, "-m", "vrom", *map(str, words)], env=environment | variables, cwd=tmp_path,
            capture_output=True, encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def public(write_package, embedder, tmp_path):
    return write_package(
        tmp_path / "public", "kiln", {"kiln.md": ["# Kiln\n\nHow a kiln is fired."]}, embedder=embedder
    )


@pytest.fixture
def secret(write_package, embedder, tmp_path):
    return write_package(tmp_path / "secret", "plans", PAGES, embedder=embedder)


def test_a_package_is_loaded_listed_checked_served_and_unloaded(vrom, environment, public, url, tmp_path):
    loaded = vrom("load", public, "--json")
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert json.loads(loaded.stdout)["cartridges"] == [
        {"id": "kiln", "version": "1.0.0", "state": "loaded", "chunks": 1}
    ]
    assert "unchanged" in vrom("load", public.parent, "--to", url).stderr
    (line,) = json.loads(vrom("list", "--store", url, "--json").stdout)["cartridges"]
    assert (line["id"], line["space"], line["chunks"]) == ("kiln", "public", 1)
    assert "may write" in vrom("check", "--store", url).stderr  # this test's role is the server's owner

    async def ask():
        command = ["-m", "vrom", "serve", "--cartridges", str(tmp_path / "nothing")]
        server = StdioServerParameters(command=sys.executable, args=command, env=environment)
        async with Client(stdio_client(server)) as client:
            return (await client.call_tool("search_docs", {"query": "How is a kiln fired?"})).content[0].text

    assert "kiln#0" in asyncio.run(ask())
    assert vrom("unload", "kiln@1.0.0").returncode == 0
    assert "Nothing is loaded" in vrom("list", "--store", url).stderr


def test_what_is_wrong_is_refused_with_the_remedy(vrom, public, url):
    secret = "postgresql://someone:hunter2@127.0.0.1/none"
    for words, expected in (
        (["load", public, "--to", secret], "PGPASSWORD"),
        (["load", public, "--to", "postgresql://127.0.0.1/none?nonsense=hunter2"], "expected postgresql://"),
        (["load", public, "--space", "a b"], "expected 1 to 64 letters"),
        (["unload", "nothing"], "No cartridge in space 'public' 'nothing'"),
        (["list", "--store", "postgresql://nobody@127.0.0.1:1/none"], "can't be reached"),
    ):
        ended = vrom(*words)
        assert ended.returncode != 0
        assert expected in ended.stderr
        assert "hunter2" not in ended.stderr + ended.stdout
        assert "Traceback" not in ended.stderr
    ended = vrom("list", "--store", "postgresql://127.0.0.1:1/none", PGPASSWORD="hunter2")
    assert "hunter2" not in ended.stderr


def test_a_damaged_package_is_not_loaded(vrom, public, url):
    manifest = json.loads((public / "manifest.json").read_text())
    (public / "manifest.json").write_text(json.dumps(manifest | {"total_chunks": 7}))
    ended = vrom("load", public)
    assert ended.returncode == 1
    assert "Nothing of it was loaded" in ended.stderr


@pytest.fixture
def serve(environment):
    """Serve the store over HTTP to those with a token; the server's address."""
    started = []

    def make():
        words = ["serve", "--transport", "streamable-http", "--port", "0", "--require-token"]
        process = subprocess.Popen(
            [sys.executable, "-m", "vrom", *words], env=environment, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return next(found[1] for line in process.stderr if (found := re.search(r"listens on (http://\S+)", line)))

    yield make
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def tokens(vrom):
    """Token of a member of the space `team`, and of a guest."""
    member = vrom("token", "new", "member", "--space", "team").stdout.strip()
    return {"member": member, "guest": vrom("token", "new", "guest").stdout.strip()}


def test_over_http_a_token_sees_its_spaces_and_no_trace_of_others(vrom, serve, public, secret, tokens):
    vrom("load", public)
    vrom("load", secret, "--space", "team")
    address = serve()
    seen = {name: asyncio.run(everything(address, token)) for name, token in tokens.items()}
    assert "plans" in seen["member"]
    assert "plans#0" in seen["member"]
    assert "plan.md" in seen["member"]
    for trace in ("plans", "team", "zirconia plan of", "plan.md", "Costs"):
        assert trace not in seen["guest"].replace("No cartridge 'plans'", "").replace("vrom://plans", "")
    assert "kiln" in seen["guest"]
    figures = {name: httpx2.get(metrics_of(address), headers=bearer(token)).text for name, token in tokens.items()}
    mounted = [[line for line in text.splitlines() if "vrom_cartridges{" in line] for text in figures.values()]
    assert mounted[0] == mounted[1] != []
    for trace in ("plans", "team", "kiln", "member"):
        assert trace not in figures["member"] + figures["guest"]


def metrics_of(address):
    return address.removesuffix("/mcp") + "/metrics"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_over_http_a_subscriber_hears_of_what_its_token_sees_and_of_nothing_else(
    vrom, serve, public, secret, tokens, write_package, embedder, tmp_path
):
    pages = {"kiln.md": ["# Kiln\n\nHow a kiln is fired twice."]}
    vrom("load", public)
    vrom("load", secret, "--space", "team")
    address = serve()
    uris = ["vrom://kiln", "vrom://plans"]

    async def hear(token, ready):
        http = httpx2.AsyncClient(headers=bearer(token), timeout=120)
        async with http, Client(streamable_http_client(address, http_client=http)) as client:
            async with client.listen(resource_subscriptions=uris, resources_list_changed=True) as events:
                ready.set()
                both = [await anext(aiter(events)), await anext(aiter(events))]
            return sorted(getattr(event, "uri", "list") for event in both)

    async def change():
        ready = [asyncio.Event(), asyncio.Event()]
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            member = group.create_task(hear(tokens["member"], ready[0]))
            guest = group.create_task(hear(tokens["guest"], ready[1]))
            for one in ready:
                await one.wait()
            changed = write_package(
                tmp_path / "changed", "plans", {"plan.md": ["# Plan\n\nAnother."]}, embedder=embedder
            )
            await asyncio.to_thread(vrom, "load", changed, "--space", "team")
            told = await member
            assert not guest.done()
            newer = write_package(tmp_path / "newer", "kiln", pages, embedder=embedder)
            await asyncio.to_thread(vrom, "load", newer)
        return told, guest.result()

    member, guest = asyncio.run(change())
    assert member == ["list", "vrom://plans"]
    assert guest == ["list", "vrom://kiln"]


async def everything(address, token):
    """All that a client can see, as text."""
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"})
    said = []
    async with http, Client(streamable_http_client(address, http_client=http)) as client:
        said.append(str(client.instructions))
        said += [str(await client.list_tools()), str(await client.list_resources())]
        said.append(str(await client.call_tool("list_cartridges", {})))
        for arguments in ({"query": "zirconia"}, {"query": "fired", "cartridges": ["plans"]}, {"query": "kiln costs"}):
            said.append(str(await client.call_tool("search_docs", arguments)))
        said.append(str(await client.call_tool("read_document", {"cartridge": "plans"})))
        template = ResourceTemplateReference(uri="vrom://{cartridge}/{+path}#{heading}")
        for argument in ("cartridge", "path", "heading"):
            for typed in ("", "p", "C"):
                asked = {"name": argument, "value": typed}
                said.append(str(await client.complete(template, asked)))
                said.append(str(await client.complete(template, asked, {"cartridge": "plans"})))
        for uri in ("vrom://plans", "vrom://plans/plan.md", "vrom://plans/chunks/0"):
            try:
                said.append(str(await client.read_resource(uri)))
            except MCPError as error:
                said.append(str(error))
    return "\n".join(said)
