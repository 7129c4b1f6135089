"""Build an MCP bundle: the server as one file for installation in a desktop host.

Manifest version 0.4 with `server.type` "uv": the host provides uv, which fetches Python and the dependencies named in
the bundle's `pyproject.toml`; the bundle itself contains vrom's source and the bundled cartridges.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

import vrom
from vrom.settings import bundled_cartridges

DESCRIPTION = "Offline documentation search for coding agents: an MCP server over vROM cartridges"

ENTRY_POINT = "server/main.py"

_NATIVE = ("onnxruntime", "tokenizers")
"""Dependencies of fastembed that affect answers; their versions are pinned, too."""

_MAIN = '''"""The server of this bundle, over stdio."""

import sys

from vrom.cli import main

sys.argv[1:] = ["serve"]
main()
'''

_LONG_DESCRIPTION = (
    "Your agent searches the documentation of the exact versions of your libraries and gets whole passages with their "
    "sources, within a token budget. Nothing leaves this machine: no keys, no telemetry, no network while serving.\n\n"
    "Cartridges in `~/.vrom/vroms` are found automatically; `vrom build` makes one from any documentation folder. "
    "`vrom model pull` adds semantic search to lexical search."
)


def bundle_files(tools: Sequence[Mapping[str, str]], cartridges: Sequence[Path] = ()) -> dict[str, bytes]:
    """Files of the bundle by path. `cartridges` are packages to include in addition to vrom's own.

    `tools` are the server's tools: `{"name": …, "description": …}` each.
    """
    files = {
        "manifest.json": _json(manifest(tools)),
        "pyproject.toml": project().encode(),
        ENTRY_POINT: _MAIN.encode(),
    }
    files |= dict(_tree(Path(vrom.__file__).parent, "server/vrom"))
    own = bundled_cartridges()
    shipped = [folder for folder in sorted(own.iterdir()) if folder.is_dir()] if own.is_dir() else []
    for package in [*shipped, *cartridges]:
        files |= dict(_tree(package, f"server/vrom/cartridges/{package.resolve().name}"))
    return files


def manifest(tools: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Content of `manifest.json`."""
    return {
        "manifest_version": "0.4",
        "name": "vrom",
        "display_name": "vrom documentation search",
        "version": vrom.__version__,
        "description": DESCRIPTION,
        "long_description": _LONG_DESCRIPTION,
        "author": {"name": "The vrom authors"},
        "license": "MIT",
        "keywords": ["documentation", "search", "offline", "rag"],
        "server": {
            "type": "uv",
            "entry_point": ENTRY_POINT,
            # for hosts that take the command from the bundle
            "mcp_config": {"command": "uv", "args": ["run", "--directory", "${__dirname}", ENTRY_POINT]},
        },
        "tools": [dict(tool) for tool in tools],
        "prompts_generated": True,
        "compatibility": {"platforms": ["darwin", "linux", "win32"], "runtimes": {"python": ">=3.11"}},
    }


def project() -> str:
    """Text of `pyproject.toml`: vrom's dependencies, pinned to the versions installed here."""
    needed = [line for line in metadata.requires("vrom") or () if "extra ==" not in line]
    names = [*(Requirement(line).name for line in needed), *_NATIVE]
    lines = [
        "[project]",
        'name = "vrom-bundle"',
        f'version = "{vrom.__version__}"',
        'requires-python = ">=3.11"',
        f"dependencies = {_array(needed)}",
        "",
        "[tool.uv]",
        "package = false",
        f"constraint-dependencies = {_array(f'{name}=={metadata.version(name)}' for name in names)}",
    ]
    return "\n".join(lines) + "\n"


def pack(files: Mapping[str, bytes]) -> bytes:
    """Pack the files into a reproducible zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path)  # dated 1980, the earliest date in a zip archive
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return stream.getvalue()


def _tree(folder: Path, into: str) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if file.is_file() and "__pycache__" not in inside.parts and not inside.name.startswith("."):
            yield f"{into}/{inside.as_posix()}", file.read_bytes()


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _array(items: Iterator[str] | Sequence[str]) -> str:
    lines = "".join(f"  {json.dumps(item)},\n" for item in items)
    return f"[\n{lines}]"
