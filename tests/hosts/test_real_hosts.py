"""The hosts' own programs accept what `vrom install` writes into an empty home.

Needs the programs on PATH: `npm install -g @anthropic-ai/claude-code @openai/codex @google/gemini-cli opencode-ai
@github/copilot`. Listing servers needs no account.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LISTED = {
    "claude-code": (["claude", "mcp", "list"], r"vrom: .* serve - . Connected"),
    "codex": (["codex", "mcp", "list"], r"vrom +\S+ +serve .* enabled"),
    "gemini": (["gemini", "mcp", "list"], r"✓ vrom: .* serve \(stdio\) - Connected"),
    "opencode": (["opencode", "mcp", "list"], r"✓ vrom .*connected"),
    "copilot-cli": (["copilot", "mcp", "get", "vrom"], r"Status: Enabled\s+Type: local\s+Command: .* serve"),
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the homes are those of Linux")


@pytest.fixture
def run(tmp_path: Path):
    """Run a command for a user of its own, in a project that this user trusts."""
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / ".gemini").mkdir()
    (tmp_path / ".gemini" / "trustedFolders.json").write_text(json.dumps({str(project): "TRUST_FOLDER"}))

    def run(*command: str) -> str:
        done = subprocess.run(
            command, env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "NO_COLOR": "1"}, cwd=project,
            capture_output=True, text=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)

    return run


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("host", LISTED)
def test_a_host_lists_the_server(run, host):
    command, expected = LISTED[host]
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    run(sys.executable, "-m", "vrom", "install", host)
    assert re.search(expected, run(*command))
