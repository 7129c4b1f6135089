"""The command as a person or a script calls it: in a process of its own, and a folder and a home of this test's own."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest


@dataclass
class Vrom:
    """Call it with the words of the command line, and with variables of the environment for this one call."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "vrom", *map(str, words)]
        own = {"PATH": "", "PYTHONWARNINGS": "error", "COLUMNS": "200"}
        return subprocess.run(
            command, env=own | self.environment | variables, cwd=self.folder, capture_output=True, encoding="utf-8",
            timeout=120, check=False,
        )  # fmt: skip


@pytest.fixture
def vrom(tmp_path) -> Vrom:
    """The command, in an empty project; its home isn't there yet."""
    (tmp_path / "project").mkdir()
    return Vrom(tmp_path / "project", {"VROM_HOME": str(tmp_path / "home")})
