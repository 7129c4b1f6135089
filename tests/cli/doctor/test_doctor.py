import json
import os
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from vrom.cli.doctor import checks
from vrom.cli.doctor.checks import Check
from vrom.cli.doctor.handshake import check_server
from vrom.format.limits import Limits
from vrom.index.pack.write import pack
from vrom.library.library import Library
from vrom.settings import Settings, read_host_folders

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\n`E_DRY_BOIL`: it was empty."]}


@pytest.fixture
def home(model_home: Path, tmp_path: Path) -> Path:
    """A folder for vrom's files with the model in it."""
    folder = tmp_path / "vrom"
    shutil.copytree(model_home / "models", folder / "models")
    return folder


@pytest.fixture
def doctor(home: Path, tmp_path: Path):
    """Run the command on a machine of its own; gives the finished process."""
    (tmp_path / "user").mkdir()
    (tmp_path / "project").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VROM_", "XDG_", "CLAUDE_"))}
    own = {"VROM_HOME": str(home), "HOME": str(tmp_path / "user"), "PYTHONWARNINGS": "error", "COLUMNS": "200"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "vrom", "doctor", *arguments]
        folder = tmp_path / "project"
        return subprocess.run(command, env=kept | own, cwd=folder, capture_output=True, encoding="utf-8", check=False)

    return run


@pytest.mark.slow
def test_a_well_machine_gets_a_line_for_everything_and_exit_code_0(doctor, make_package, tmp_path):
    servers = {"mcpServers": {"vrom": {"command": sys.executable, "args": ["-m", "vrom", "serve"]}}}
    (tmp_path / "project" / ".mcp.json").write_text(json.dumps(servers))
    done = doctor("--cartridges", str(make_package("kettle", PAGES)))
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert all(line[:1] in "✓!" or line.startswith(" ") for line in lines[:-2])
    names = [line.split()[1] for line in lines[:-2] if line[:1] in "✓!"]
    assert names == [
        "python", "libraries", "imports", "model", "cartridge", "cache", "handshake", "search", "port", "host",
    ]  # fmt: skip
    assert "“Kettle” in kettle: " in done.stderr
    assert f"Claude Code: {tmp_path / 'project' / '.mcp.json'}: " in done.stderr
    assert lines[-1].startswith("No problems found")


@pytest.mark.slow
def test_what_must_be_mended_comes_with_its_remedy_and_exit_code_1(doctor, make_package, home, tmp_path):
    shutil.rmtree(home / "models")
    package = make_package("kettle", PAGES)
    (tmp_path / "user" / ".claude.json").write_text('{\n  "mcpServers": }')
    done = doctor("--json", "--cartridges", str(package))
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["ok"] is False
    found = {check["name"]: check for check in document["checks"]}
    assert found["model"]["state"] == "problem"
    assert found["model"]["remedy"] == "vrom model pull"
    assert found["search"]["state"] == "warning"
    assert "by words only" in found["search"]["found"]
    assert "line 2, column 17: invalid JSON" in found["host"]["found"]
    assert found["handshake"]["state"] == "ok", "a server without a model still answers"


def test_a_python_that_is_too_old_is_a_problem(monkeypatch):
    required = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]["requires-python"]
    assert required == ">=" + ".".join(map(str, checks.OLDEST_PYTHON))
    assert checks.check_python().state == "ok"
    monkeypatch.setattr(checks.sys, "version_info", (3, 9, 1))
    check = checks.check_python()
    assert check.state == "problem"
    assert check.remedy == "uv python install 3.11"


def test_libraries_and_imports_of_the_tested_installation_are_fine():
    assert checks.check_libraries().state == "ok"
    assert checks.check_imports() == Check("imports", "ok", "onnxruntime, usearch and fastembed can be loaded together")


def test_a_model_whose_file_was_changed_is_a_problem(home, make_package):
    (file,) = (home / "models").glob("Xenova--*/*.onnx")
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    library = Library([make_package("kettle", PAGES)], cache=home / "cache", models=home / "models")
    (check,) = checks.check_models(Settings(home, library.roots), library.mounts())
    assert check.state == "problem"
    assert "SHA-256" in check.found
    assert check.remedy == "vrom model pull"


def test_a_model_that_nobody_knows_is_a_problem(home, make_package):
    spec = {"model": "nobody/knows-it", "dimensions": 384}
    library = Library([make_package("kettle", PAGES, embedding_spec=spec)], cache=home, models=home / "models")
    (check,) = checks.check_models(Settings(home, library.roots), library.mounts())
    assert check.state == "problem"
    assert "nobody/knows-it" in check.found


def cut_off(package: Path) -> None:
    file = package / "index.json"
    file.write_bytes(file.read_bytes()[:100])


def without_manifest(package: Path) -> None:
    (package / "manifest.json").unlink()


def miscounted(package: Path) -> None:
    manifest = json.loads((package / "manifest.json").read_text())
    (package / "manifest.json").write_text(json.dumps(manifest | {"vector_count": 99}))


def with_other_companions(package: Path) -> None:
    pack(package)
    for name in ("index.json", "chunks.json"):
        (package / name).unlink(missing_ok=True)  # what is left is looked at by nothing but the check of companions
    (package / "contents.bin").write_bytes(b"nothing")


@pytest.mark.parametrize("damage", [cut_off, without_manifest, miscounted, with_other_companions])
def test_a_cartridge_that_cannot_be_trusted_is_a_problem_and_the_others_are_not(make_package, tmp_path, damage):
    package = make_package("kettle", PAGES)
    make_package("toaster", PAGES)
    damage(package)
    library = Library([package.parent], cache=tmp_path / "cache", models=tmp_path)
    kettle, toaster = checks.check_cartridges(library)
    assert (kettle.state, toaster.state) == ("problem", "ok")
    assert kettle.remedy == f"vrom check {package}"


def test_a_cartridge_that_can_not_be_read_within_the_limits_is_a_problem(make_package, tmp_path):
    folder = make_package("kettle", PAGES)
    library = Library([folder], cache=tmp_path / "cache", models=tmp_path, limits=Limits(file_bytes=100))
    (check,) = checks.check_cartridges(library)
    assert check.state == "problem"
    assert "index.json" in check.found


def test_no_cartridge_at_all_is_a_problem_that_names_the_folders(tmp_path):
    (check,) = checks.check_cartridges(Library([tmp_path / "none"], cache=tmp_path, models=tmp_path))
    assert check.state == "problem"
    assert str(tmp_path / "none") in check.found


def test_the_cache_is_measured_and_none_is_made_by_looking(tmp_path):
    settings = Settings(tmp_path / "home", ())
    assert checks.check_cache(settings).found.endswith("empty")
    assert not settings.home.exists()
    settings.cache.mkdir(parents=True)
    (settings.cache / "dense.usearch").write_bytes(bytes(1_500_000))
    assert checks.check_cache(settings) == Check("cache", "ok", f"{settings.cache}, 1.5 MB")


def test_a_taken_port_is_a_warning():
    try:
        taken = socket.create_server(("127.0.0.1", checks.PORT))
    except OSError:
        taken = socket.socket()  # somebody else has it already
    with taken:
        check = checks.check_port()
    assert check.state == "warning"
    assert "8000, the default of vrom serve over HTTP, is in use" in check.found
    assert "--port" in check.remedy


def host_checks(tmp_path: Path) -> list[Check]:
    folders = read_host_folders({"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}, tmp_path / "project", "linux")
    return list(checks.check_hosts(folders))


def test_hosts_without_vrom_are_left_out_and_none_at_all_is_a_warning(tmp_path):
    (tmp_path / ".claude.json").write_text('{"mcpServers": {"github": {"command": "gone"}}}')
    (check,) = host_checks(tmp_path)
    assert (check.name, check.state) == ("hosts", "warning")


@pytest.mark.parametrize(
    ("entry", "state", "found", "remedy"),
    [
        ({"command": sys.executable, "args": ["-m", "vrom"]}, "ok", "-m vrom", ""),
        ({"type": "http", "url": "http://127.0.0.1:8000/mcp"}, "ok", "http://127.0.0.1:8000/mcp", ""),
        ({"command": "/gone/vrom"}, "problem", "command not found: /gone/vrom", "vrom install claude-code"),
        ({"args": []}, "problem", "neither a command nor a URL", "vrom install claude-code"),
        (3, "problem", "neither a command nor a URL", "vrom install claude-code"),
    ],
)
def test_what_a_host_would_start_is_looked_at(tmp_path, entry, state, found, remedy):
    (tmp_path / ".claude.json").write_text(json.dumps({"mcpServers": {"vrom": entry}}))
    (check,) = host_checks(tmp_path)
    assert (check.state, check.remedy) == (state, remedy)
    assert found in check.found


def test_entries_of_the_project_and_those_that_claude_code_made_itself_are_seen(tmp_path):
    entry = {"vrom": {"command": "/gone/vrom"}}
    local = {"projects": {str(tmp_path / "project"): {"mcpServers": entry}}}
    (tmp_path / ".claude.json").write_text(json.dumps(local))
    (tmp_path / "project" / ".vscode").mkdir(parents=True)
    (tmp_path / "project" / ".vscode" / "mcp.json").write_text(json.dumps({"servers": entry}))
    remedies = [check.remedy for check in host_checks(tmp_path)]
    assert remedies == [
        f"Remove the entry projects.{tmp_path / 'project'}.mcpServers.vrom, then run: vrom install claude-code",
        "vrom install vscode --scope project",
    ]


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("import sys; sys.exit('no luck')", "no luck"),
        ("print('hello')", ""),
    ],
)
def test_a_server_that_does_not_answer_is_a_problem_with_its_last_words(program, found):
    (check,) = check_server([sys.executable, "-c", program], [], {})
    assert (check.name, check.state) == ("handshake", "problem")
    assert found in check.found


FAILING = """
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
server = MCPServer("vrom")

def fail(response_format: str = "") -> str:
    raise ToolError("out of order")

for name in ("search_docs", "get_chunk_context", "read_document", "list_cartridges"):
    server.add_tool(fail, name=name)
server.run()
"""


@pytest.mark.slow
def test_a_server_whose_tools_fail_is_a_problem_with_what_they_say():
    handshake, search = check_server([sys.executable, "-c", FAILING], [], {})
    assert handshake.state == "ok"
    assert (search.name, search.state) == ("search", "problem")
    assert "out of order" in search.found
    assert search.remedy


def test_a_command_that_is_not_there_is_a_problem():
    (check,) = check_server(["/gone/vrom", "serve"], [], {})
    assert check.state == "problem"
    assert "/gone/vrom serve" in check.remedy
