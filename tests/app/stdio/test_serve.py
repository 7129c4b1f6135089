"""What a host waits for before the handshake: hardly more than an `MCPServer` loads by itself."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

BARE = "from mcp.server.mcpserver import MCPServer; MCPServer('bare').run('stdio')"
MAY_COME = {"vrom", "annotated_doc", "difflib", "gc", "orjson", "runpy", "shellingham", "typer"}
"""What vrom may import before the handshake beyond what the SDK imports anyway: the command line and a JSON parser."""
LATER = {
    "vrom.index",
    "vrom.search",
    "vrom.embedding",
    "vrom.registry",
    "vrom.builder",
    "vrom.app.http",
    "vrom.app.explorer",
}
LATER |= {"numpy", "usearch", "onnxruntime", "fastembed", "huggingface_hub", "requests", "filelock", "onnx"}
LATER |= {"markdown_it", "prometheus_client", "limits", "opentelemetry.sdk", "jinja2"}


def loaded(environment: dict[str, str], *command: str, cwd: Path | None = None) -> set[str]:
    """Every module that a server imports until its host has gone, which it does at once."""
    command = (sys.executable, "-X", "importtime", *command)
    ended = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, cwd=cwd
    )
    assert ended.returncode == 0
    lines = [line for line in ended.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.fixture
def modules(environment, make_package) -> set[str]:
    root = make_package("kettle", {"kettle.md": ["# Kettle"]}).parent
    return loaded(environment, "-m", "vrom", "serve", "--cartridges", str(root))


def test_serving_over_stdio_loads_nothing_that_can_wait(modules):
    assert "vrom.app.stdio.serve" in modules
    assert modules & LATER == set()
    assert not [name for name in modules if name.startswith(("vrom.store", "psycopg", "pgvector", "pymilvus", "grpc"))]


def test_serving_for_a_project_loads_nothing_that_can_wait_either(environment, tmp_path):
    for options in ([], ["--allow-add"]):
        modules = loaded(environment, "-m", "vrom", "serve", *options, cwd=tmp_path)
        assert "vrom.app.stdio.client_roots" in modules
        assert modules & LATER == set()


def test_it_loads_little_that_the_sdk_does_not_load_anyway(modules, environment):
    del environment["PYTHONWARNINGS"]
    packages, bare = ({name.split(".")[0] for name in names} for names in (modules, loaded(environment, "-c", BARE)))
    assert packages - bare <= MAY_COME
