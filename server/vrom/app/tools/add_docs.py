"""The tool `add_docs`: what `vrom add` does for one dependency.

It is there where the host can ask its user, who has to agree each time, or with `vrom serve --allow-add`.
"""

import asyncio
import threading
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.mcpserver import AcceptedElicitation, Context, Elicit, ElicitationResult, MCPServer, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ClientCapabilities, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from vrom.app.connection import ProjectWork
from vrom.app.errors.client_errors import client_message
from vrom.app.jobs.workers import Workers, current_job
from vrom.errors import InvalidArgumentError, VromError
from vrom.library.library import Library

if TYPE_CHECKING:
    from vrom.project.add import Outcome, Shelf
    from vrom.project.dependency import Dependency
    from vrom.project.project import Project

Name = Annotated[str, Field(max_length=300, description="A dependency: pydantic, npm:zod, cargo:serde, go:…")]
Version = Annotated[str | None, Field(max_length=100, description="Leave out for the version that the project locks")]
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)


class Consent(BaseModel):
    """The answer of the host's user."""

    add: bool = Field(True, title="Add it")


def can_ask(capabilities: ClientCapabilities | None) -> bool:
    """True if the host shows questions to its user. One that names no kind of them shows forms."""
    elicitation = capabilities.elicitation if capabilities else None
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def hide_unless_asked() -> ServerMiddleware[Any]:
    """Hide the tool from clients whose host can't ask."""

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        result = await call_next(ctx)
        if ctx.method == "tools/list" and isinstance(result, dict) and not can_ask(ctx.session.client_capabilities):
            result["tools"] = [tool for tool in result["tools"] if tool["name"] != "add_docs"]
        return result

    return middleware


class Adding:
    """Adds documentation of dependencies from the package indexes that the project uses."""

    def __init__(self, library: Library, workers: Workers, work: ProjectWork) -> None:
        self._library = library
        self._workers = workers
        self._work = work
        self._running: dict[Dependency, asyncio.Task[Outcome]] = {}
        self._embedding = threading.Lock()

    def add_tool(self, server: MCPServer[Any]) -> None:
        """Register the tool, which asks the host's user unless adding is allowed."""

        async def add_docs(
            name: Name, consent: Annotated[ElicitationResult[Consent], Resolve(self._ask)], version: Version = None
        ) -> CallToolResult:
            if not (isinstance(consent, AcceptedElicitation) and consent.data.add):
                raise ToolError(f"The user doesn't want the documentation of {name} to be added. Go on without it.")
            return await self.add_docs(name, version)

        add_docs.__doc__ = self.add_docs.__doc__
        tool = self.add_docs if self._work.adding == "allowed" else add_docs
        server.add_tool(tool, title="Add documentation", annotations=ADDS, structured_output=False)

    async def _ask(self, context: Context[Any, Any], name: str, version: str | None = None) -> Elicit[Consent]:
        """The question to the host's user. Raises `ToolError` for what can't be added, or if the host can't ask."""
        if not can_ask(context.client_capabilities):
            raise ToolError(f"This host can't ask its user. Tell them that `vrom add {name}` adds the documentation.")
        try:
            dependency, _ = await self._workers.run(self._resolve, name, version)
        except VromError as error:
            raise ToolError(client_message(error)) from error
        return Elicit(
            f"Add the documentation of {dependency.name} {dependency.version}? It is fetched from the package index "
            "that this project uses, and kept on this machine.",
            Consent,
        )

    async def add_docs(self, name: Name, version: Version = None) -> CallToolResult:
        """Add the documentation of a dependency that a note of search_docs names as missing. It is fetched from the
        package index that the project uses, and can be searched when this returns.
        """
        try:
            dependency, project = await self._workers.run(self._resolve, name, version)
            outcome = await self._add_once(dependency, project)
        except VromError as error:
            raise ToolError(client_message(error)) from error
        if outcome.manifest is None:
            raise ToolError(_failure(outcome))
        return CallToolResult(content=[TextContent(text=_success(outcome))])

    def _resolve(self, name: str, version: str | None) -> "tuple[Dependency, Project]":
        """The dependency that is meant, and the project. Raises `InvalidArgumentError`."""
        from vrom.project.choose import Filters, choose
        from vrom.project.own.identity import identify_project
        from vrom.project.project import read_project

        project = read_project(self._work.folder, self._work.machine.environments)
        (dependency,) = choose(project, [f"{name}=={version}" if version else name], Filters())
        if dependency.folder or dependency.name == identify_project(project.folder).id:
            raise InvalidArgumentError(f"{dependency.name} is a part of this project, which no package index has.")
        if not dependency.version:
            raise InvalidArgumentError(f"The project locks no {dependency.name}. Give its version.")
        return dependency, project

    async def _add_once(self, dependency: "Dependency", project: "Project") -> "Outcome":
        """Add a dependency; calls for one that is being added wait for the same work, which outlives them."""
        task = self._running.get(dependency)
        if task is None:
            task = asyncio.create_task(self._workers.run(self._add, dependency, project))
            self._running[dependency] = task
            task.add_done_callback(lambda _: self._running.pop(dependency))
        return await asyncio.shield(task)

    def _add(self, dependency: "Dependency", project: "Project") -> "Outcome":
        job = current_job()
        job.doing = f"fetching and reading {dependency.name} {dependency.version}"
        shelf = self._work.machine.open_shelf()
        with self._work.machine.open_sources(project) as sources:
            outcome = shelf.add_words(dependency, sources.gather, pull=sources.pull)
        self._library.refresh(force=True)
        if outcome.awaits_vectors:
            self._workers.submit(lambda: self._embed(shelf, dependency))
        return outcome

    def _embed(self, shelf: "Shelf", dependency: "Dependency") -> None:
        """Make the vectors of a cartridge, one after another: each uses all cores."""
        with self._embedding:
            shelf.add_vectors(dependency)


def _success(outcome: "Outcome") -> str:
    manifest = outcome.manifest
    if manifest is None:
        return ""
    named = f"{outcome.dependency.name} {manifest.version}"
    done = f"{named} is there already." if outcome.state == "unchanged" else f"Added {named}."
    later = " By words for now; search by meaning follows." if outcome.awaits_vectors else ""
    return f'{done} {manifest.total_chunks:,} chunks. Search it: cartridges=["{manifest.vrom_id}"].{later}'


def _failure(outcome: "Outcome") -> str:
    reasons = " ".join(outcome.problems)
    return f"No documentation of {outcome.dependency.name} {outcome.dependency.version} was added: {reasons}"
