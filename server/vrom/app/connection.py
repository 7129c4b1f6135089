"""Connection of one client: what its requests work on, and where to notify it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mcp.server.mcpserver import Context

from vrom.app.jobs.workers import Workers
from vrom.library.library import Library
from vrom.project.machine import Machine
from vrom.project.project_scope import ProjectScope

if TYPE_CHECKING:
    from mcp.server.session import ServerSession

    from vrom.app.subscriptions.audience import Audience


@dataclass(frozen=True)
class ProjectWork:
    """Work of a server for a project, besides answering from what is mounted."""

    machine: Machine
    scope: ProjectScope
    """The scope that the library reads."""
    follows_roots: bool = False
    """True if the client's root is the project, rather than the folder in which the server was started."""
    adding: Literal["never", "asked", "allowed"] = "never"
    """Permission for agents to add documentation: none, if the host's user agrees each time, or without asking."""

    @property
    def folder(self) -> Path:
        """The project's folder, which may change if `follows_roots`."""
        return self.scope.folder


@dataclass(eq=False)
class Connection:
    """The SDK's lifespan context: the library and the workers of the server, and the client's subscriptions."""

    library: Library
    workers: Workers
    session: "ServerSession | None" = None
    """The client's session if it can be notified on it: of a protocol version with a handshake, not over HTTP."""
    uris: set[str] = field(default_factory=set)
    """Subscribed URIs of a client whose protocol version has a handshake."""
    audience: "Audience | None" = None
    """Place where such a client is notified."""


def connection_of(context: Context[Any, Any]) -> Connection:
    """The connection that a request came on."""
    connection: Connection = context.request_context.lifespan_context
    return connection
