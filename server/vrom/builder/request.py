"""Build request, kept in the manifest so that `vrom build --update` can repeat the build."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vrom.builder.chunking.chunker import TARGET
from vrom.builder.document import Origin
from vrom.builder.sources.web.options import WebOptions
from vrom.builder.text_dumps.plain_text import Recovery
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.errors import BuildError
from vrom.format.models import EmbeddingSpec, HnswConfig, Manifest, VromId
from vrom.format.versions import UNKNOWN

# Fields with a manifest key of their own; the rest of a request is kept under `build`.
_IN_MANIFEST = {"vrom_id", "name", "description", "spec", "config"}


class BuildRequest(BaseModel):
    """Everything that determines a package, except the documents themselves and the model's files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vrom_id: VromId
    sources: tuple[str, ...] = Field(min_length=1)
    """Folders, files, URLs and the other sources of `builder.sources`, as given."""
    version: str = ""
    """Version of the documentation; empty to use the version of the sources, see `version_of`."""
    name: str = ""
    """Display name; empty to use the id."""
    description: str = ""
    prefix: str = ""
    """Prefix of document names: `trl` turns `dpo.md` into `trl/dpo.md`."""
    url: str = ""
    """Public URL of the documentation, see `url_of`; empty if unknown."""
    crawl: bool = False
    """Follow links of web pages; this field and the following ones are as in `sources.web.options`."""
    max_pages: int = Field(default=WebOptions.max_pages, ge=1)
    max_depth: int = Field(default=WebOptions.max_depth, ge=0)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_private: bool = False
    import_packages: bool = False
    """Import Python packages in a child process, for the documentation of compiled modules."""
    recovery: Recovery = "evident"
    """Which plain texts are recovered as copied pages."""
    target: int = Field(default=TARGET, ge=32, le=100_000)
    """Preferred number of tokens in a chunk."""
    spec: EmbeddingSpec = DEFAULT_SPEC
    config: HnswConfig = HnswConfig()
    seed: int = 0
    """Random seed for the graph's layers."""

    @property
    def source(self) -> str:
        """Origin of the documentation, for display: the URL up to a placeholder, else the sources."""
        return self.url.partition("{")[0] or ", ".join(self.sources)

    def web(self, cache: Path) -> WebOptions:
        """Options for fetching web pages, with `cache` as their folder."""
        return WebOptions(
            crawl=self.crawl, max_pages=self.max_pages, max_depth=self.max_depth, include=self.include,
            exclude=self.exclude, allow_private=self.allow_private, cache=cache,
        )  # fmt: skip

    def version_of(self, origins: Sequence[Origin]) -> str:
        """The package's version: the requested one, else the first version in `origins`, else `UNKNOWN`."""
        return self.version or next((origin.version for origin in origins if origin.version), UNKNOWN)

    def url_of(self, source_file: str) -> str:
        """Public URL of a document; empty if `url` is.

        `{path}` in `url` is replaced by the document's path without its suffix, `{file}` by the path with it; without
        either placeholder, the path is appended. The path is relative to the source, without the prefix.
        """
        if not self.url:
            return ""
        file = source_file.removeprefix(f"{self.prefix.strip('/')}/") if self.prefix.strip("/") else source_file
        stem = file.rsplit(".", 1)[0] if "." in file.rsplit("/", 1)[-1] else file
        template = self.url if "{path}" in self.url or "{file}" in self.url else self.url.rstrip("/") + "/{path}"
        return template.replace("{path}", quote(stem)).replace("{file}", quote(file))

    def record(self) -> dict[str, Any]:
        """The fields that have no manifest key of their own, for the `build` record."""
        return self.model_dump(mode="json", exclude=_IN_MANIFEST)

    @classmethod
    def of(cls, manifest: Manifest) -> "BuildRequest":
        """The request that a package was built with. Raises `BuildError` if the manifest has no valid record of it."""
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
                f"The manifest of {manifest.vrom_id!r} does not record how it was built: it was made by another tool "
                f"or an older vrom. Build it from its sources: vrom build SOURCE --id {manifest.vrom_id}"
            ) from error
