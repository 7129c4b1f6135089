"""What a build is asked for, in a form that the manifest keeps, so that `vrom build --update` can repeat it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vrom.builder.chunking.chunker import TARGET
from vrom.builder.document import Origin
from vrom.builder.sources.web.options import WebOptions
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.errors import BuildError
from vrom.format.models import EmbeddingSpec, HnswConfig, Manifest, VromId

# What has a place of its own in the manifest; the rest of a request is kept under `build`.
_IN_MANIFEST = {"vrom_id", "name", "description", "spec", "config"}

FIRST_VERSION = "1.0.0"


class BuildRequest(BaseModel):
    """Everything that decides what a package will be, but for the documents themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vrom_id: VromId
    sources: tuple[str, ...] = Field(min_length=1)
    """Folders, files, addresses and what `builder.sources` has besides, as they were given."""
    version: str = ""
    """Of the documentation; empty for that of the Python package that is read, see `version_of`."""
    name: str = ""
    """For people; empty to be known by the id."""
    description: str = ""
    prefix: str = ""
    """What names of documents begin with: `trl` makes `dpo.md` `trl/dpo.md`."""
    url: str = ""
    """Where people read the documentation, see `url_of`; empty when unknown."""
    crawl: bool = False
    """Whether to follow the links of pages of the web; this and what follows as in `sources.web_options`."""
    max_pages: int = Field(default=WebOptions.max_pages, ge=1)
    max_depth: int = Field(default=WebOptions.max_depth, ge=0)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_private: bool = False
    target: int = Field(default=TARGET, ge=32, le=100_000)
    """Tokens of a chunk, where the text allows a choice."""
    spec: EmbeddingSpec = DEFAULT_SPEC
    config: HnswConfig = HnswConfig()
    seed: int = 0
    """Of the graph's layers."""

    @property
    def source(self) -> str:
        """Where the documentation comes from, for people."""
        return self.url.partition("{")[0] or ", ".join(self.sources)

    def web(self, cache: Path) -> WebOptions:
        """How pages of the web are fetched, and kept in `cache`."""
        return WebOptions(
            crawl=self.crawl, max_pages=self.max_pages, max_depth=self.max_depth, include=self.include,
            exclude=self.exclude, allow_private=self.allow_private, cache=cache,
        )  # fmt: skip

    def version_of(self, origins: Sequence[Origin]) -> str:
        """The version of a package whose sources turned out to be `origins`."""
        found = [origin.version for origin in origins if origin.version]
        return self.version or (found[0] if found else FIRST_VERSION)

    def url_of(self, source_file: str) -> str:
        """Where people read a document.

        `url` with the document's path in place of `{path}` (without its suffix) or `{file}` (with it), at the end
        where it has neither. The path is that in the source, without the prefix.
        """
        if not self.url:
            return ""
        file = source_file.removeprefix(f"{self.prefix.strip('/')}/") if self.prefix.strip("/") else source_file
        stem = file.rsplit(".", 1)[0] if "." in file.rsplit("/", 1)[-1] else file
        template = self.url if "{path}" in self.url or "{file}" in self.url else self.url.rstrip("/") + "/{path}"
        return template.replace("{path}", quote(stem)).replace("{file}", quote(file))

    def record(self) -> dict[str, Any]:
        """What the manifest keeps of it beside its own keys."""
        return self.model_dump(mode="json", exclude=_IN_MANIFEST)

    @classmethod
    def of(cls, manifest: Manifest) -> "BuildRequest":
        """The request that a package was built with. Raises `BuildError` where its manifest doesn't tell."""
        extra = manifest.model_extra or {}
        try:
            return cls(
                vrom_id=manifest.vrom_id,
                name=extra.get("name", ""),
                description=manifest.description,
                spec=manifest.embedding_spec,
                config=manifest.hnsw_config,
                **extra["build"]["request"],
            )
        except (KeyError, TypeError, ValidationError) as error:
            raise BuildError(
                f"The manifest of {manifest.vrom_id!r} doesn't say how it was built: another tool, or an older vrom, "
                f"made it. Name the sources: vrom build SOURCE --id {manifest.vrom_id}"
            ) from error
