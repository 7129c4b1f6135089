"""A server that works for a project, over stdio: what the project locks is what is searched."""

import sys
from contextlib import asynccontextmanager

import anyio
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LOCK = """version = 1
[[package]]
name = "kettle"
version = "{version}"
[[package]]
name = "toaster"
version = "3.0"
[[package]]
name = "shop"
version = "0.1"
source = {{ virtual = "." }}
dependencies = [{{ name = "kettle" }}, {{ name = "toaster" }}]
"""


@pytest.fixture
def project(environment, make_package, tmp_path):
    """A project that locks one of two versions that are on this machine, and a cartridge that it doesn't lock."""
    vroms = tmp_path / "vrom-home" / "vroms"
    for folder, version, text in [("kettle", "2.0", "Call boil(volume)."), ("kettle@1.0", "1.0", "Call boil(litres).")]:
        made = make_package("kettle", {"guide.md": [f"# Boiling\n\n{text}"]}, root=tmp_path / version, version=version)
        vroms.mkdir(exist_ok=True)
        made.rename(vroms / folder)
    make_package("mixer", {"guide.md": ["# Boiling\n\nMixers never boil."]}, root=vroms)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "uv.lock").write_text(LOCK.format(version="1.0"))
    return folder


@asynccontextmanager
async def connected(project, environment, era):
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "vrom", "serve"], env=environment, cwd=str(project)
    )
    async with Client(stdio_client(parameters), mode=era) as client:
        yield client


def run(project, environment, era, session):
    async def whole():
        async with connected(project, environment, era) as client:
            await session(client)

    anyio.run(whole)


async def ask(client, query, **arguments):
    result = await client.call_tool("search_docs", {"query": query, "mode": "lexical", **arguments})
    return result.content[0].text


both_eras = pytest.mark.parametrize("era", ["auto", "legacy"])


@both_eras
def test_the_locked_version_answers_and_nothing_else_unless_it_is_named(project, environment, era):
    async def session(client):
        answer = await ask(client, "how do I boil")
        assert "boil(litres)" in answer
        assert "boil(volume)" not in answer
        assert "Mixers" not in answer
        assert "From kettle 1.0 (locked)." in answer
        assert "boil(volume)" in await ask(client, "how do I boil", cartridges=["Kettle==2"])
        assert "Mixers" in await ask(client, "how do I boil", cartridges="mixer")

    run(project, environment, era, session)


def test_the_instructions_say_what_is_searched(project, environment):
    async def session(client):
        text = client.instructions
        assert "- kettle 1.0: " in text
        assert "Searched only if named: mixer, vrom-guide." in text

    run(project, environment, "legacy", session)


def test_a_lock_file_that_changes_is_followed(project, environment):
    async def session(client):
        assert "boil(litres)" in await ask(client, "how do I boil")
        (project / "uv.lock").write_text(LOCK.format(version="2.1"))
        await anyio.sleep(0.5)
        answer = await ask(client, "how do I boil")
        assert "From kettle 2.0 (the project locks 2.1)." in answer

    run(project, environment, "auto", session)


def test_a_dependency_without_documentation_is_noted_with_the_command(project, environment):
    async def session(client):
        answer = await ask(client, "how do I boil with the toaster")
        assert (
            "The project uses toaster 3.0, which has no documentation here: `vrom add toaster==3.0` adds it." in answer
        )
        result = await client.call_tool("search_docs", {"query": "x", "cartridges": ["toaster", "kettle"]})
        assert "The project locks 3.0: `vrom add toaster==3.0` adds its documentation." in result.content[0].text

    run(project, environment, "auto", session)


def test_parts_that_lock_other_versions_are_noted_and_labelled(project, environment):
    (project / "backend").mkdir()
    (project / "backend" / "uv.lock").write_text(LOCK.format(version="2.0"))

    async def session(client):
        answer = await ask(client, "how do I boil")
        assert "boil(litres)" in answer
        assert "boil(volume)" not in answer
        assert "This project locks kettle 1.0 in its root, 2.0 in backend: `kettle@2.0` searches the one" in answer
        named = await ask(client, "how do I boil", cartridges=["kettle@2.0"])
        assert "boil(volume)" in named
        assert "From kettle@2.0 2.0 (locked)." in named

    run(project, environment, "auto", session)
