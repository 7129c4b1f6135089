"""`vrom serve --allow-add`: an agent adds the documentation of a dependency, in a real server process."""

import asyncio
import json
import subprocess
import sys

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import ElicitResult

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(environment, tmp_path):
    """No settings of uv but the project's."""
    return environment | {"HOME": str(tmp_path), "UV_NO_CONFIG": "1"}


@pytest.fixture
def project(tmp_path, release, write_lock):
    digests = release("1.0")
    folder = write_lock(tmp_path / "shop", "1.0", digests["kettle-1.0.tar.gz"])
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "0.1"\ndependencies = ["kettle"]\n')
    return folder


@pytest.fixture
def ask(environment, project):
    """Run `check` with a client of a server that lets agents add documentation."""

    def run(check, *options, era="auto", answer=None):
        async def session():
            parameters = StdioServerParameters(
                command=sys.executable, args=["-m", "vrom", "serve", *options], env=environment, cwd=project
            )
            async with Client(stdio_client(parameters), mode=era, elicitation_callback=answer) as client:
                await check(client)

        asyncio.run(session())

    return run


@pytest.mark.parametrize("era", ["auto", "legacy"])
def test_what_is_added_can_be_searched_at_once_and_by_meaning_later(ask, project, tmp_path, era):
    async def check(client):
        before = (await client.call_tool("search_docs", {"query": "how do I use kettle"})).content[0].text
        assert "has no documentation here" in before
        reports = []

        async def report(progress, total, message):
            reports.append(message)

        added = await client.call_tool("add_docs", {"name": "Kettle"}, progress_callback=report)
        assert not added.is_error, added.content[0].text
        assert added.content[0].text.startswith("Added kettle 1.0.")
        found = await client.call_tool("search_docs", {"query": "fill a kettle", "mode": "lexical"})
        assert "DryBoilError" in found.content[0].text
        assert "From kettle 1.0 (locked)." in found.content[0].text
        assert all("at work for" in message for message in reports)
        again = await client.call_tool("add_docs", {"name": "kettle", "version": "1.0"})
        assert "is there already" in again.content[0].text
        async with asyncio.timeout(60):
            while not (tmp_path / "vrom-home" / "vroms" / "kettle" / "index.json").exists():
                await asyncio.sleep(0.1)

    ask(check, "--allow-add", era=era)


def test_calls_at_the_same_time_do_the_work_once(ask, site):
    async def check(client):
        calls = [client.call_tool("add_docs", {"name": name}) for name in ("kettle", "Kettle", "kettle==1.0")]
        answers = await asyncio.gather(*calls)
        assert len({answer.content[0].text for answer in answers}) == 1
        files = [asked for asked in site.asked if asked.path.endswith(".tar.gz")]
        assert len(files) == 1

    ask(check, "--allow-add")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "../../etc"}, "is no dependency"),
        ({"name": "https://example.org/kettle.whl"}, "is no dependency"),
        ({"name": "kettle @ file:///etc/passwd"}, "is no dependency"),
        ({"name": "kettle", "version": "1.0; x"}, "is no dependency"),
        ({"name": "toaster"}, "The project locks no toaster. Give its version."),
        ({"name": "shop", "version": "1.0"}, "is a part of this project"),
        ({"name": "kettle", "version": "9.9"}, "No documentation of kettle 9.9 was added"),
        ({"name": "toaster", "version": "1.0"}, "No documentation of toaster 1.0 was added"),
    ],
)
def test_what_cannot_be_added_is_an_error_in_words(ask, arguments, message):
    async def check(client):
        answer = await client.call_tool("add_docs", arguments)
        assert answer.is_error
        assert message in answer.content[0].text
        assert "\n" not in answer.content[0].text

    ask(check, "--allow-add")


def test_the_tool_is_there_only_if_it_is_allowed_and_says_what_it_does(ask):
    async def without(client):
        assert "add_docs" not in {tool.name for tool in (await client.list_tools()).tools}
        assert (await client.call_tool("add_docs", {"name": "kettle"})).is_error

    async def allowed(client):
        (tool,) = [tool for tool in (await client.list_tools()).tools if tool.name == "add_docs"]
        hints = tool.annotations
        assert (hints.read_only_hint, hints.destructive_hint, hints.open_world_hint) == (False, False, True)
        assert set(tool.input_schema["properties"]) == {"name", "version"}

    ask(without)
    ask(allowed, "--allow-add")


@pytest.mark.parametrize("era", ["auto", "legacy"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (ElicitResult(action="accept", content={"add": True}), "Added kettle 1.0."),
        (ElicitResult(action="accept", content={"add": False}), "The user doesn't want"),
        (ElicitResult(action="decline"), "The user doesn't want"),
        (ElicitResult(action="cancel"), "The user doesn't want"),
    ],
)
def test_a_host_that_can_ask_its_user_asks_each_time(ask, era, given, message, site):
    questions = []

    async def answer(context, parameters):
        questions.append(parameters.message)
        return given

    async def check(client):
        (tool,) = [tool for tool in (await client.list_tools()).tools if tool.name == "add_docs"]
        assert set(tool.input_schema["properties"]) == {"name", "version"}
        added = await client.call_tool("add_docs", {"name": "kettle"})
        assert added.content[0].text.startswith(message)
        assert added.is_error == (given.content != {"add": True})
        (question,) = questions
        assert question.startswith("Add the documentation of kettle 1.0?")
        assert bool(site.asked) == (given.content == {"add": True})
        refused = await client.call_tool("add_docs", {"name": "shop"})
        assert refused.is_error
        assert len(questions) == 1, "what can't be added isn't asked for"

    ask(check, era=era, answer=answer)


def test_it_is_refused_where_what_is_added_would_not_be_searched(environment, project):
    command = [sys.executable, "-m", "vrom", "serve", "--allow-add", "--cartridges", str(project)]
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "--allow-add adds cartridges to ~/.vrom/vroms" in done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_over_http_it_works_in_every_process(serve_in, project, workers):
    server = serve_in(project, "--allow-add", "--workers", workers)

    def call(tool, **arguments):
        response = server.call(tool, **arguments).body.decode()
        return json.loads(response.partition("data: ")[2])["result"]["content"][0]["text"]

    answers = [call("add_docs", name="kettle") for _ in range(3)]
    assert answers[0].startswith("Added kettle 1.0.")
    assert all("is there already" in answer for answer in answers[1:])
    assert "DryBoilError" in call("search_docs", query="fill a kettle", mode="lexical")
