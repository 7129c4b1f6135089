"""The real server, as a host starts it or connects to it."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp.client import Client
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client

TRANSPORTS = ["stdio", "sse", "streamable-http"]
ERAS = ["auto", "legacy"]


@pytest.fixture
def environment(model_home: Path, tmp_path: Path) -> dict[str, str]:
    """A home of this test's own, with the model in it."""
    home = tmp_path / "vrom-home"
    home.mkdir()
    (home / "models").symlink_to(model_home / "models")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VROM_")}
    return {**kept, "VROM_HOME": str(home), "PYTHONWARNINGS": "error"}


@pytest.fixture
def connect(environment: dict[str, str]):
    """A client of a real server process over a transport, in an era."""

    @contextlib.asynccontextmanager
    async def open_client(transport: str, era: str, cartridges: Path):
        command = [sys.executable, "-m", "vrom", "serve", "--cartridges", str(cartridges)]
        if transport == "stdio":
            parameters = StdioServerParameters(command=command[0], args=command[1:], env=environment)
            async with Client(stdio_client(parameters), mode=era) as client:
                yield client
            return
        with listening([*command, "--transport", transport, "--port", "0"], environment) as url:
            target = sse_client(url) if transport == "sse" else url
            async with Client(target, mode=era) as client:
                yield client

    return open_client


@contextlib.contextmanager
def listening(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    """A server process; gives the address that it says it listens on."""
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            line = process.stderr.readline()
            found = re.search(r"http://\S+", line)
            assert found, line + process.stderr.read()
            yield found[0]
        finally:
            process.terminate()
            process.wait(10)
