"""`vrom load`, `unload`, `list --store`, `check --store` and `serve --store`, as an operator calls them."""

import asyncio
import json
import os
import re
import subprocess
import sys

import httpx2
import psycopg
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

pytestmark = pytest.mark.slow

PAGES = {"plan.md": ["# Plan\n\nThe zirconia plan of the team, for next year.", "## Costs\n\nZirconia costs more."]}


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


def test_over_http_a_token_sees_its_spaces_and_no_trace_of_others(vrom, environment, public, secret):
    vrom("load", public)
    vrom("load", secret, "--space", "team")
    member = vrom("token", "new", "member", "--space", "team").stdout.strip()
    guest = vrom("token", "new", "guest").stdout.strip()
    command = [
        sys.executable,
        "-m",
        "vrom",
        "serve",
        "--transport",
        "streamable-http",
        "--port",
        "0",
        "--require-token",
    ]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        address = next(found[1] for line in process.stderr if (found := re.search(r"listens on (http://\S+)", line)))
        seen = {name: asyncio.run(everything(address, token)) for name, token in (("member", member), ("guest", guest))}
    finally:
        process.kill()
        process.communicate()
    assert "plans" in seen["member"]
    assert "plans#0" in seen["member"]
    for trace in ("plans", "team", "zirconia plan of"):
        assert trace not in seen["guest"].replace("No cartridge 'plans'", "")
    assert "kiln" in seen["guest"]


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
    return "\n".join(said)


def test_a_server_role_may_only_read_and_sees_no_space_it_does_not_name(writer, url, cartridge):
    from vrom.store.postgres.load import load

    load(writer, cartridge, "team")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE vrom_reader")
        for table in ("cartridges", "texts", "vectors", "statistics"):
            assert connection.execute(f"SELECT count(*) FROM vrom.{table}").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"DELETE FROM vrom.{table}")
        connection.execute("SELECT set_config('vrom.spaces', '{1}', false)")
        assert connection.execute("SELECT count(*) FROM vrom.cartridges").fetchone() == (1,)
