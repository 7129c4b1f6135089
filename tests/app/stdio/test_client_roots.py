"""The client's root is the project, in a real server process that was started in another folder."""

import asyncio
import json
import os
import sys

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import ErrorData, ListRootsResult, Root

from vrom.app.stdio.client_roots import choose_root

LOCK = 'version = 1\n[[package]]\nname = "kettle"\nversion = "{}"\n[[package]]\nname = "shop"\nversion = "0"\n'
LOCK += 'source = {{ virtual = "." }}\ndependencies = [{{ name = "kettle" }}]\n'


@pytest.fixture
def projects(tmp_path, make_package, environment):
    """Two projects that lock two versions of `kettle`; the server is started in the second."""
    vroms = tmp_path / "vrom-home" / "vroms"
    for version, says in (("1.0", "Fill the first kettle."), ("2.0", "Fill the second kettle.")):
        folder = make_package(f"kettle@{version}", {"a.md": [f"# Kettle\n\n{says}"]}, root=vroms)
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps(manifest | {"vrom_id": "kettle", "version": version}))
        project = tmp_path / f"project {version}"
        project.mkdir()
        (project / "uv.lock").write_text(LOCK.format(version))
    return tmp_path / "project 1.0", tmp_path / "project 2.0"


async def version_found(client):
    answer = await client.call_tool(
        "search_docs", {"query": "fill kettle", "mode": "lexical", "response_format": "json"}
    )
    return {one["version"] for one in answer.structured_content["results"]}


def ask(projects, environment, callback, check, mode="legacy", **variables):
    """Run `check` with a client whose roots are as `callback` says."""

    async def session():
        parameters = StdioServerParameters(
            command=sys.executable, args=["-m", "vrom", "serve"], env=environment | variables, cwd=projects[1]
        )
        async with Client(stdio_client(parameters), mode=mode, list_roots_callback=callback) as client:
            await check(client)

    asyncio.run(session())


async def becomes(client, version):
    async with asyncio.timeout(60):
        while await version_found(client) != {version}:
            await asyncio.sleep(0.05)


def roots_of(*folders):
    async def answer(_):
        return ListRootsResult(roots=[Root(uri=folder.as_uri()) for folder in folders])

    return answer


@pytest.mark.slow
def test_the_first_root_with_a_lock_is_the_project(projects, environment, tmp_path):
    (tmp_path / "empty").mkdir()

    async def check(client):
        await becomes(client, "1.0")

    ask(projects, environment, roots_of(tmp_path / "empty", projects[0]), check)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning")
def test_changed_roots_change_the_project(projects, environment):
    current = [projects[0]]

    async def answer(_):
        return ListRootsResult(roots=[Root(uri=folder.as_uri()) for folder in current])

    async def check(client):
        await becomes(client, "1.0")
        current.clear()  # without roots it is the folder that the server was started in
        await client.session.send_roots_list_changed()
        await becomes(client, "2.0")

    ask(projects, environment, answer, check)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["silence", "error", "nonsense", "elsewhere"])
def test_a_client_that_does_not_answer_well_is_served_as_without_roots(projects, environment, tmp_path, kind):
    async def answer(_):
        if kind == "silence":
            await asyncio.sleep(3600)
        if kind == "error":
            return ErrorData(code=-32603, message="no")
        if kind == "nonsense":
            return ListRootsResult.model_construct(roots=[{"uri": "https://example.org"}, 7])
        return ListRootsResult(roots=[Root(uri=(tmp_path / "gone").as_uri())])

    async def check(client):
        for _ in range(3):
            async with asyncio.timeout(60):
                assert await version_found(client) == {"2.0"}
            await asyncio.sleep(0.1)

    ask(projects, environment, answer, check)


@pytest.mark.slow
def test_a_project_that_the_host_names_stays_and_later_protocols_are_not_asked(projects, environment):
    async def check(client):
        await asyncio.sleep(0.5)
        assert await version_found(client) == {"2.0"}

    ask(projects, environment, roots_of(projects[0]), check, CLAUDE_PROJECT_DIR=str(projects[1]))
    ask(projects, environment, roots_of(projects[0]), check, mode="auto")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://example.org/a",
        "file://server/share",
        "file:relative",
        "file:///nowhere",
        "file:///%00",
        "file://[x",
    ],
)
def test_what_is_no_folder_of_this_machine_is_left_out(url):
    assert choose_root([url]) is None


@pytest.mark.skipif(os.name != "posix", reason="file URLs of Windows have drives")
def test_a_url_is_decoded(projects):
    assert choose_root(["nonsense", projects[0].as_uri(), projects[1].as_uri()]) == projects[0]
    assert choose_root([projects[0].as_uri().replace("file://", "file://localhost")]) == projects[0]
