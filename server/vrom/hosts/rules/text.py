"""Text of the rules: when to search, with which tool, and in the documentation of which dependencies."""

import textwrap
from collections import Counter
from collections.abc import Sequence

from vrom.hosts.rules.block import BEGIN, END
from vrom.project.dependency import Dependency, is_well_formed

MOST_NAMED = 60
"""Maximum number of dependencies that are named; the rest is counted."""

_LONGEST = 100
"""Maximum length of a name with its version."""

_TOGETHER = "\N{NO-BREAK SPACE}"

_RULES = """\
## Documentation of dependencies

Call the tool `search_docs` of the MCP server `vrom`, with `cartridges=["NAME"]` to search one library:

- before you write or change code that uses one of these dependencies;
- when an error message comes from one of them, with the message as the query;
- when you are unsure about a name, a signature or an option.
"""
_VERSIONS = "It has the documentation of exactly these versions, which may differ from what you remember:"
_UNNAMED = "`list_cartridges` lists the libraries and versions that have documentation."
_NOTICE = "<!-- Written by vrom; changes between these two markers are lost. -->"


def write_rules(dependencies: Sequence[Dependency]) -> str:
    """The rules in Markdown, ending with a line end."""
    named = _format_names(dependencies)
    versions = f"{_VERSIONS}\n{named}." if named else _UNNAMED
    return f"{_RULES}\n{versions}\n"


def write_block(dependencies: Sequence[Dependency]) -> str:
    """The rules as a block for a shared file: markers included, without a final line end."""
    return f"{BEGIN}\n{_NOTICE}\n\n{write_rules(dependencies)}{END}"


def _format_names(dependencies: Sequence[Dependency]) -> str:
    """Names in code spans, where Markdown and `@` mean nothing, with versions; only well-formed ones are named."""
    every = {f"{one.ecosystem} {one.name} {one.version}": one for one in dependencies}.values()
    ecosystems = Counter(name for name, _ in {(one.name, one.ecosystem) for one in every})
    labels = [_label(one, with_ecosystem=ecosystems[one.name] > 1) for one in every if is_well_formed(one)]
    shown = [label for label in labels if len(label) <= _LONGEST][:MOST_NAMED]
    more = f" and {len(every) - len(shown):,} more, see `list_cartridges`" if len(every) > len(shown) else ""
    return _fill(", ".join(shown) + more) if shown else ""


def _label(dependency: Dependency, *, with_ecosystem: bool) -> str:
    """The name and version of a dependency, with its ecosystem if another one has the name, too."""
    kind = f" ({dependency.ecosystem})" if with_ecosystem else ""
    return (f"`{dependency.name}` {dependency.version}".rstrip() + kind).replace(" ", _TOGETHER)


def _fill(text: str) -> str:
    """Break the text into lines, but not within a label."""
    return textwrap.fill(text, 110, break_long_words=False, break_on_hyphens=False).replace(_TOGETHER, " ")
