"""Clients hear of cartridges that were replaced while the server runs: real processes, in both protocol eras."""

import asyncio

import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from vrom.app.server import create_server
from vrom.app.subscriptions import notify as changes
from vrom.app.subscriptions.watched import MAX_URIS

pytestmark = pytest.mark.filterwarnings("ignore:resources/:mcp.shared.exceptions.MCPDeprecationWarning")

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}
CHANGED = {"kettle.md": ["# Kettle\n\nIt fills itself."]}
PAGE, OTHER = "vrom://kettle/kettle.md", "vrom://toaster/toast.md"


class Heard:
    """The notifications that a client of the era with a handshake got."""

    def __init__(self):
        self.updated, self.lists, self._some = [], [], asyncio.Event()

    async def __call__(self, message):
        name = type(message).__name__
        if name == "ResourceUpdatedNotification":
            self.updated.append(message.params.uri)
        elif name.endswith("ListChangedNotification"):
            self.lists.append(name)
        self._some.set()

    async def until(self, condition):
        async with asyncio.timeout(60):
            while not condition():
                self._some.clear()
                await self._some.wait()


@pytest.fixture
def root(make_package):
    make_package("toaster", {"toast.md": ["# Toast\n\nPush the lever down."]})
    return make_package("kettle", PAGES).parent


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["stdio", "sse"])
def test_a_subscriber_of_the_era_with_a_handshake_is_told(connect, make_package, root, transport):
    async def session():
        heard = Heard()
        async with connect(transport, "legacy", root, message_handler=heard) as client:
            declared = client.server_capabilities
            assert declared.resources.subscribe
            assert declared.resources.list_changed
            assert declared.tools.list_changed
            for uri in (PAGE, OTHER, "vrom://kettle"):
                await client.session.subscribe_resource(uri)
            await client.session.unsubscribe_resource("vrom://kettle")
            assert "Fill it" in (await client.read_resource(PAGE)).contents[0].text
            make_package("kettle", CHANGED, version="2.0.0")
            await heard.until(lambda: heard.updated and len(heard.lists) >= 2)
            assert set(heard.updated) == {PAGE}
            assert set(heard.lists) == {"ToolListChangedNotification", "ResourceListChangedNotification"}
            assert "fills itself" in (await client.read_resource(PAGE)).contents[0].text

    asyncio.run(session())


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["stdio", "streamable-http"])
def test_a_listener_of_the_era_without_is_told(connect, make_package, root, transport):
    async def session():
        async with connect(transport, "auto", root) as client:
            assert client.server_capabilities.resources.subscribe
            async with client.listen(resource_subscriptions=[PAGE, OTHER]) as events, asyncio.timeout(60):
                make_package("kettle", CHANGED, version="2.0.0")
                event = await anext(aiter(events))
            assert event.uri == PAGE
            assert "fills itself" in (await client.read_resource(PAGE)).contents[0].text

    asyncio.run(session())


@pytest.mark.slow
def test_over_http_the_era_with_a_handshake_is_promised_nothing_that_it_would_not_get(connect, root):
    async def session():
        async with connect("streamable-http", "legacy", root) as client:
            declared = client.server_capabilities
            assert not declared.resources.subscribe
            assert not declared.resources.list_changed
            assert not declared.tools.list_changed
            with pytest.raises(MCPError, match="subscriptions/listen"):
                await client.session.subscribe_resource(PAGE)

    asyncio.run(session())


def test_a_newer_version_in_the_place_of_an_older_one_is_a_change(make_package, library_of, tmp_path, monkeypatch):
    monkeypatch.setattr(changes, "POLL_SECONDS", 0.05)
    make_package("kettle", PAGES)
    server = create_server(library_of(tmp_path / "cartridges"), warm=False)

    async def session():
        heard = Heard()
        async with Client(server, mode="legacy", message_handler=heard) as client:
            for uri in (
                "vrom://kettle/kettle.md",
                "vrom://kettle@1.0.0/kettle.md",
                "vrom://toaster/toast.md",
                "file:///x",
            ):
                await client.session.subscribe_resource(uri)
            make_package("toaster", {"toast.md": ["# Toast"]})
            await heard.until(lambda: heard.updated)
            assert heard.updated == ["vrom://toaster/toast.md"], "it was not there before"
            heard.updated.clear()
            make_package("kettle@2.0.0", CHANGED, version="2.0.0", vrom_id="kettle")
            await heard.until(lambda: heard.updated)
            assert heard.updated == ["vrom://kettle/kettle.md"], "the id means the newer now, the version the old"

    asyncio.run(session())


@pytest.mark.timeout(60)
def test_nobody_can_watch_without_end(make_package, library_of, tmp_path):
    make_package("kettle", PAGES)
    server = create_server(library_of(tmp_path / "cartridges"), warm=False)
    many = [f"vrom://kettle/chunks/{number}" for number in range(MAX_URIS + 1)]

    async def listen():
        async with Client(server, mode="auto") as client:
            with pytest.raises(MCPError, match="may subscribe to 1000 resources"):
                async with client.listen(resource_subscriptions=many):
                    pass

    async def subscribe():
        async with Client(server, mode="legacy") as client:
            for uri in many[:-1]:
                await client.session.subscribe_resource(uri)
            with pytest.raises(MCPError, match="may subscribe to 1000 resources"):
                await client.session.subscribe_resource(many[-1])

    asyncio.run(listen())
    asyncio.run(subscribe())
