import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from vrom.installation import (
    Installation,
    distributions_of,
    extension_command,
    extra_command,
    read_installation,
    reinstallation_command,
    this_installation,
)

GIT = {
    "url": "https://example.org/vrom",
    "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": "0123abc"},
}
KINDS = ["uv tool", "uvx", "pipx", "pipx run", "uv checkout", "checkout", "environment"]


def environment(tmp_path: Path, inside: str = "env", **files: str) -> Path:
    """An environment with files in it, named by their paths."""
    prefix = tmp_path / inside
    prefix.mkdir(parents=True)
    for name, content in files.items():
        (prefix / name).write_text(content)
    return prefix


UV_MADE = {"pyvenv.cfg": "home = /usr/bin\nuv = 0.9.1\nversion_info = 3.12.1\n", "CACHEDIR.TAG": ""}


@pytest.mark.parametrize(
    ("inside", "files", "editable", "kind"),
    [
        ("share/uv/tools/vrom", {"uv-receipt.toml": "", **UV_MADE}, False, "uv tool"),
        (".cache/uv/archive-v0/Zk3", UV_MADE, False, "uvx"),
        ("uv-cache/environments-v2/x", UV_MADE, False, "uvx"),
        ("pipx/venvs/vrom", {"pipx_metadata.json": "{}"}, False, "pipx"),
        (".cache/pipx/1f2e", {"pipx_metadata.json": "{}"}, False, "pipx run"),
        ("project/.venv", UV_MADE, True, "uv checkout"),
        ("project/.venv", {"pyvenv.cfg": "home = /usr/bin\n"}, True, "checkout"),
        ("project/.venv", UV_MADE, False, "environment"),
        ("usr", {}, False, "environment"),
    ],
)
def test_an_installation_is_known_by_what_its_installer_leaves(tmp_path, inside, files, editable, kind):
    record = json.dumps({"url": "file:///src/vrom", "dir_info": {"editable": editable}})
    assert read_installation(environment(tmp_path, inside, **files), record).kind == kind


def test_a_folder_that_is_marked_as_a_cache_is_temporary_under_any_name(tmp_path):
    (tmp_path / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55")
    installation = read_installation(environment(tmp_path, "anything"), None)
    assert (installation.kind, installation.is_temporary, installation.origin) == ("uvx", True, "")


@pytest.mark.parametrize(
    ("record", "origin"),
    [
        (None, ""),
        ("", ""),
        ("{broken", ""),
        ("[]", ""),
        (json.dumps(GIT), "git+https://example.org/vrom@0123abc"),
        (json.dumps(GIT | {"url": "ssh://git@example.org/vrom"}), "git+ssh://git@example.org/vrom@0123abc"),
        (json.dumps(GIT | {"url": "https://ada:secret@example.org/vrom"}), "git+https://example.org/vrom@0123abc"),
        (json.dumps(GIT | {"subdirectory": "server"}), "git+https://example.org/vrom@0123abc#subdirectory=server"),
        (json.dumps({"url": "https://example.org/v.whl", "archive_info": {}}), "https://example.org/v.whl"),
        (json.dumps({"url": 7}), ""),
        (json.dumps({"url": "file:///src/vrom", "dir_info": None}), "/src/vrom"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="paths of Linux")
def test_the_origin_is_the_installer_s_record(tmp_path, record, origin):
    assert read_installation(tmp_path, record).origin == origin


@pytest.mark.skipif(sys.platform == "win32", reason="paths and quotes of Linux")
@pytest.mark.parametrize(
    ("installation", "command"),
    [
        (Installation("uv tool", Path("/t"), "/src"), "uv tool install --with griffe --with ftfy /src"),
        (
            Installation("uv tool", Path("/t"), "/src", ("protego", "ftfy")),
            "uv tool install --with protego --with ftfy --with griffe /src",
        ),
        (Installation("uv tool", Path("/t")), "uv pip install --python /t/bin/python griffe ftfy"),
        (
            Installation("uvx", Path("/c"), "git+https://e.org/v@1"),
            "uvx --with griffe --with ftfy --from git+https://e.org/v@1 vrom",
        ),
        (Installation("pipx", Path("/p"), "/src"), "pipx inject vrom griffe ftfy"),
        (Installation("uv checkout", Path("/s/.venv"), "/my src"), "uv sync --project '/my src' --extra build"),
        (Installation("environment", Path("/e"), "/src"), "/e/bin/python -m pip install griffe ftfy"),
    ],
)  # fmt: skip
def test_an_installation_is_extended_as_it_was_made(installation, command):
    assert extension_command(["griffe", "ftfy"], installation, extra="build") == command


@pytest.mark.skipif(sys.platform == "win32", reason="paths and quotes of Linux")
@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("uv tool", "uv tool upgrade --reinstall vrom"),
        ("uvx", "uvx --refresh --from /src vrom"),
        ("pipx", "pipx reinstall vrom"),
        ("uv checkout", "uv sync --project /src --reinstall"),
        ("checkout", "/e/bin/python -m pip install --force-reinstall -e /src"),
        ("environment", "/e/bin/python -m pip install --force-reinstall /src"),
    ],
)
def test_an_installation_is_repeated_as_it_was_made(kind, command):
    assert reinstallation_command(Installation(kind, Path("/e"), "/src")) == command


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("origin", ["", "git+https://example.org/vrom@0123abc"])
def test_no_command_installs_the_name_from_an_index(kind, origin):
    """The public index' `vrom` is someone else's."""
    installation = Installation(kind, Path("/e"), origin)
    for command in (extra_command("build", installation), reinstallation_command(installation)):
        words = shlex.split(command)
        if "vrom" in words or "vrom[build]" in command:
            assert words[:2] in (["pipx", "inject"], ["pipx", "reinstall"]) or "upgrade" in words or words[0] == "uvx"
            assert words[0] != "uvx" or "--from" in words


def test_the_distributions_of_an_extra_are_its_own():
    assert {"griffe", "docutils", "selectolax"} <= set(distributions_of("build"))
    assert "numpy" not in distributions_of("build")
    assert distributions_of("none") == []


@pytest.mark.slow
def test_a_missing_parser_is_named_with_the_command_that_adds_it():
    code = "import sys; sys.modules['griffe'] = None\nfrom vrom.builder.sources.extra import import_extra\n"
    code += "try: import_extra('griffe', 'This')\nexcept Exception as error: print(error)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == f"This needs griffe, which is not installed. Install it with: {extra_command('build')}\n"


def test_the_running_installation_has_this_environment():
    assert this_installation().prefix == Path(sys.prefix)
    assert not this_installation().is_temporary
