"""The project's own documentation follows its files: a real server process, in both protocol eras."""

import asyncio
import subprocess
import sys
import time

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from vrom.app.connection import ProjectWork
from vrom.app.jobs import own_documentation
from vrom.app.jobs.own_documentation import OwnDocumentation
from vrom.app.jobs.workers import Workers
from vrom.errors import BuildError
from vrom.library.library import Library
from vrom.project.machine import Machine
from vrom.project.own.cartridge import OwnCartridge
from vrom.project.project_scope import ProjectScope


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "shop"
    (root / "docs").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1.5"\n')
    (root / "docs" / "tea.md").write_text("# Tea\n\nSteep it for three minutes.")
    return root


async def search(client):
    answer = await client.call_tool("search_docs", {"query": "how long to steep tea"})
    return answer.content[0].text


@pytest.mark.slow
@pytest.mark.parametrize("era", ["auto", "legacy"])
def test_a_changed_page_is_found_by_the_next_call(project, environment, era):
    command = [sys.executable, "-m", "vrom"]
    subprocess.run([*command, "add"], cwd=project, env=environment, check=True, capture_output=True, timeout=60)

    async def session():
        parameters = StdioServerParameters(
            command=command[0], args=["-m", "vrom", "serve"], env=environment, cwd=project
        )
        async with Client(stdio_client(parameters), mode=era) as client:
            assert "three minutes" in await search(client)
            for minutes in ("four", "five"):
                await asyncio.sleep(3)  # until files are looked at again, and what reads them is imported
                (project / "docs" / "tea.md").write_text(f"# Tea\n\nSteep it for {minutes} minutes.")
                assert f"{minutes} minutes" in await search(client)
            async with asyncio.timeout(60):  # vectors follow
                while "by words only" in await search(client):
                    await asyncio.sleep(0.1)

    asyncio.run(session())


@pytest.fixture
def machine(tmp_path, model_home):
    home = tmp_path / "home"
    return Machine(home / "vroms", model_home / "models", home / "cache", home / "builds", home / "cargo", home / "go")


@pytest.fixture
def own(project, machine, monkeypatch):
    """What follows the project's files, looking at each call."""
    monkeypatch.setattr(own_documentation, "RECHECK_SECONDS", 0)
    scope = ProjectScope(project)
    library = Library([], cache=machine.cache, models=machine.models, scope=scope)
    return OwnDocumentation(library, Workers(4), ProjectWork(machine, scope))


def test_nothing_is_looked_at_where_nothing_was_added(project, own):
    asyncio.run(own.follow())
    assert own._looking is None
    assert not (project / ".vrom").exists()


def test_a_call_waits_only_for_a_moment(project, machine, own, monkeypatch):
    OwnCartridge(project, machine.open_shelf()).add()
    monkeypatch.setattr(own_documentation, "LONGEST_WAIT", 0.2)
    monkeypatch.setattr(own, "_update", lambda: time.sleep(1))

    async def call():
        (project / "docs" / "tea.md").write_text("# Tea\n\nSteep it longer.")
        waited = []
        for _ in range(2):
            begun = time.monotonic()
            await own.follow()
            waited.append(time.monotonic() - begun)
        return waited

    first, second = asyncio.run(call())
    assert first < 0.9
    assert second < 0.1


def test_a_failure_is_logged_and_not_repeated_at_once(project, machine, own, monkeypatch, caplog):
    OwnCartridge(project, machine.open_shelf()).add()
    attempts = []

    def fail():
        attempts.append(1)
        raise BuildError("no room")

    monkeypatch.setattr(own, "_update", fail)

    async def call():
        (project / "docs" / "tea.md").write_text("# Tea\n\nSteep it longer.")
        for _ in range(3):
            await own.follow()

    asyncio.run(call())
    assert len(attempts) == 1
    assert "no room" in caplog.text
