"""Bundles and registry entries, held against the tools of those who read them, where those can be had."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from vrom.cli.doctor.handshake import check_server

pytestmark = pytest.mark.slow

MCPB = "@anthropic-ai/mcpb@2.1.2"
LINTER = "skillsaw==0.22.0"

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}


@pytest.fixture
def vrom(tmp_path):
    """Run `vrom bundle`, in an empty folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "vrom", "bundle", *arguments]
        environment = os.environ | {"VROM_HOME": str(tmp_path / "home"), "PYTHONWARNINGS": "error"}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    return run


@pytest.fixture
def uv() -> str:
    command = os.environ.get("UV") or shutil.which("uv")
    if not command:
        pytest.skip("uv isn't here")
    return command


@pytest.fixture(scope="session")
def mcpb():
    """Run the bundle format's own tool."""
    npx = shutil.which("npx")
    if not npx or subprocess.run([npx, "-y", MCPB, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("npx or its package isn't here")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([npx, "-y", MCPB, *arguments], capture_output=True, encoding="utf-8", check=False)

    return run


def unpacked(bundle: Path) -> Path:
    folder = bundle.with_suffix("")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    return folder


def test_the_format_s_own_tool_validates_and_packs_a_bundle(vrom, mcpb, tmp_path):
    done = vrom("mcpb", "--out", "out.mcpb")
    assert done.returncode == 0, done.stderr
    folder = unpacked(tmp_path / "out.mcpb")
    validated = mcpb("validate", str(folder / "manifest.json"))
    assert validated.returncode == 0, validated.stdout + validated.stderr
    assert "passes" in validated.stdout
    packed = mcpb("pack", str(folder), str(tmp_path / "packed.mcpb"))
    assert packed.returncode == 0, packed.stdout + packed.stderr
    ours, theirs = (zipfile.ZipFile(tmp_path / name).namelist() for name in ("out.mcpb", "packed.mcpb"))
    assert sorted(ours) == sorted(theirs), "nothing in it that their tool would leave out"


def test_a_manifest_that_is_wrong_does_not_pass(vrom, mcpb, tmp_path):
    vrom("mcpb", "--out", "out.mcpb")
    manifest = unpacked(tmp_path / "out.mcpb") / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"nonsense": 1}))
    assert mcpb("validate", str(manifest)).returncode != 0


def test_a_bundle_serves_its_cartridges_from_where_the_host_unpacks_it(vrom, uv, make_package, tmp_path):
    done = vrom("mcpb", "--out", "out.mcpb", "--cartridges", str(make_package("kettle", PAGES).parent))
    assert done.returncode == 0, done.stderr
    folder = unpacked(tmp_path / "out.mcpb")
    made = subprocess.run(
        [uv, "sync", "--quiet", "--directory", str(folder)], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    config = json.loads((folder / "manifest.json").read_text())["server"]["mcp_config"]
    command = [uv, *(argument.replace("${__dirname}", str(folder)) for argument in config["args"])]
    checks = check_server(command, [], {"VROM_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)})
    shutil.rmtree(folder)  # hundreds of megabytes of libraries
    assert [check.name for check in checks] == ["handshake", "search"], checks
    assert "“Kettle” in kettle" in checks[1].found


def test_tools_are_described_in_a_sentence(vrom, tmp_path):
    vrom("mcpb")
    (bundle,) = tmp_path.glob("vrom-*.mcpb")
    tools = json.loads((unpacked(bundle) / "manifest.json").read_text())["tools"]
    assert [tool["name"] for tool in tools] == [
        "search_docs", "get_chunk_context", "read_document", "compare_versions", "list_cartridges",
    ]  # fmt: skip
    assert all(tool["description"].endswith(".") and ".." not in tool["description"] for tool in tools)


def test_the_registry_s_schema_and_rules_hold_for_server_json(vrom, uv, tmp_path):
    (tmp_path / "entry").mkdir()
    file = tmp_path / "entry" / "server.json"
    options = ("--name", "io.github.ada/vrom", "--repository", "https://github.com/ada/vrom", "--out", str(file))
    assert vrom("server-json", *options).returncode == 0
    command = [uv, "tool", "run", "--from", LINTER, "skillsaw", "lint", "--type", "mcp-registry", str(file.parent)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Errors:   0" in done.stdout

    file.write_text(json.dumps(json.loads(file.read_text()) | {"description": "x" * 101}))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_wrong_usage_ends_with_code_2_and_failures_with_1(vrom, tmp_path):
    assert vrom("server-json").returncode == 2
    wrong = vrom("server-json", "--name", "vrom")
    assert wrong.returncode == 2
    assert "io.github.you/vrom" in wrong.stderr
    assert vrom("mcpb", "--cartridges", str(tmp_path / "none")).returncode == 1
    failed = vrom("mcpb", "--out", str(tmp_path / "none" / "x.mcpb"))
    assert failed.returncode == 1
    assert "Cannot write" in failed.stderr
    assert list(tmp_path.glob("**/*.mcpb*")) == []
