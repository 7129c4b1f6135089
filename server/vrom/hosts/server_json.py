"""`server.json`: the description of a server for the MCP registry and its clients.

Source: the schema of 2025-12-11, and the registry's additional requirements.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import vrom
from vrom.errors import InvalidArgumentError
from vrom.hosts.mcpb import DESCRIPTION

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"

_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", re.IGNORECASE)
_FORGES = {"github.com": "github", "gitlab.com": "gitlab"}


def server_document(name: str, repository: str = "") -> dict[str, Any]:
    """`server.json` for vrom as published under `name` by the owner of the namespace before its slash.

    Raises `InvalidArgumentError` for a name or repository that the registry would refuse.
    """
    if not _NAME.fullmatch(name) or len(name) > 200:
        raise InvalidArgumentError(
            f"{name!r} is not a valid server name. Expected NAMESPACE/NAME in a namespace that you own, such as "
            "io.github.you/vrom."
        )
    document: dict[str, Any] = {
        "$schema": SCHEMA,
        "name": name,
        "title": "vrom documentation search",
        "description": DESCRIPTION,
        "version": vrom.__version__,
        "packages": [
            {
                "registryType": "pypi",
                "identifier": "vrom",
                "version": vrom.__version__,
                "runtimeHint": "uvx",
                "transport": {"type": "stdio"},
                "packageArguments": [{"type": "positional", "value": "serve"}],
                "environmentVariables": [
                    {
                        "name": "VROM_HOME",
                        "description": "Folder of models, caches and your own cartridges; default ~/.vrom.",
                        "format": "filepath",
                    },
                    {
                        "name": "VROM_CARTRIDGES",
                        "description": "Folders of cartridges to use instead of the default ones.",
                    },
                ],
            }
        ],
    }
    if repository:
        document["repository"] = {"url": repository, "source": _forge(repository)}
    return document


def _forge(repository: str) -> str:
    address = urlsplit(repository)
    forge = _FORGES.get(address.hostname or "")
    if address.scheme != "https" or forge is None or address.path.strip("/").count("/") < 1:
        expected = " or ".join(f"https://{host}/OWNER/NAME" for host in _FORGES)
        raise InvalidArgumentError(f"{repository!r} is not a supported repository URL. Expected {expected}.")
    return forge
