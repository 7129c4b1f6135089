"""The tool `add_docs`, which only `vrom serve --allow-add` has: what `vrom add` does for one dependency."""

import asyncio
import threading
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from vrom.app.connection import ProjectWork
from vrom.app.errors.client_errors import client_message
from vrom.app.jobs.workers import Workers, current_job
from vrom.errors import InvalidArgumentError, VromError
from vrom.library.library import Library

if TYPE_CHECKING:
    from vrom.project.add import Outcome, Shelf
    from vrom.project.dependency import Dependency
    from vrom.project.project import Project

ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)


class Adding:
    """Adds documentation of dependencies from the package indexes that the project uses."""

    def __init__(self, library: Library, workers: Workers, work: ProjectWork) -> None:
        self._library = library
        self._workers = workers
        self._work = work
        self._running: dict[Dependency, asyncio.Task[Outcome]] = {}
        self._embedding = threading.Lock()

    def add_tool(self, server: MCPServer[Any]) -> None:
        """Register the tool."""
        server.add_tool(self.add_docs, title="Add documentation", annotations=ADDS, structured_output=False)

    async def add_docs(
        self,
        name: Annotated[str, Field(max_length=300, description="A dependency: pydantic, npm:zod, cargo:serde, go:…")],
        version: Annotated[
            str | None, Field(max_length=100, description="Leave out for the version that the project locks")
        ] = None,
    ) -> CallToolResult:
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
