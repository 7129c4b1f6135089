"""Sources of documentation: each gives documents, and the names and reasons of skipped entries."""

from vrom.builder.sources.git.read import GitSource
from vrom.builder.sources.read import LocalContext, check_sources_exist, git_source, package_source, read_sources
from vrom.builder.sources.web.options import WebOptions

__all__ = [
    "GitSource",
    "LocalContext",
    "WebOptions",
    "check_sources_exist",
    "git_source",
    "package_source",
    "read_sources",
]
