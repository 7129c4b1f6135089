"""Sources of documentation: each gives documents, and the names and reasons of skipped entries."""

from vrom.builder.sources.git.read import GitSource
from vrom.builder.sources.read import ensure_there, git_source, package_source, read_sources
from vrom.builder.sources.web.options import WebOptions

__all__ = ["GitSource", "WebOptions", "ensure_there", "git_source", "package_source", "read_sources"]
