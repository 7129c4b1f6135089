"""Imports of MDX: a partial as a component, and a file's source within a code block's component.

Sources: https://docusaurus.io/docs/markdown-features/react#importing-code-snippets,
https://docusaurus.io/docs/markdown-features/react#importing-markdown, https://vite.dev/guide/assets#importing-asset-as-string.
"""

import re
from collections.abc import Callable
from functools import partial
from pathlib import PurePosixPath

from vrom.builder.sources.included.inclusions import PageInclusions
from vrom.builder.sources.included.languages import MARKDOWN, suffix_of
from vrom.builder.sources.included.markdown.marker import Marker

Insert = Callable[[Marker, str], list[str] | None]
"""Function from a marker and what is shown of it to the lines that replace it."""

_IMPORT = re.compile(
    r"""import\s+(?P<name>\w{1,80})(?:\s?,\s?\{[^{}]{0,200}\})?\s+from\s+"""
    r"""["'](?P<path>[^"'\n]{1,500})["'];?\s*"""
)
_MOST = 100
_CODE_ATTRIBUTE = re.compile(r"""\b(?:language|lang)=\{?["']([\w+#-]{1,40})["']""")
_RAW = re.compile(r"^(?:!!|!)?(?:raw-loader!)|\?raw$|^!!.*!")


def expand_modules(lines: list[str], page: PageInclusions, insert: Insert) -> list[str]:
    """The lines of prose with imported partials and sources in place of the components that show them."""
    for name, path in _imports(lines, page).items():
        source = path.rpartition("!")[2].partition("?")[0]
        if _RAW.search(path):
            lines = _replace(lines, _code_components(name), partial(_code, source), insert)
        elif suffix_of(source) in MARKDOWN:
            tag = re.compile(rf"<{name}(?:\s[^<>]{{0,500}})?(?:/>|>\s{{0,99}}</{name}>)")
            lines = _replace(lines, tag, partial(_partial, source), insert)
    return lines


def _imports(lines: list[str], page: PageInclusions) -> dict[str, str]:
    """The files that this page imports, by name."""
    for line in lines:
        found = _IMPORT.fullmatch(line) if line.startswith("import ") and len(line) < 1_000 else None
        if found and len(page.imports) < _MOST:
            page.imports[found["name"]] = found["path"]
    return {name: path for name, path in page.imports.items() if any(name in line for line in lines)}


def _code(source: str, tag: str) -> Marker:
    language = _CODE_ATTRIBUTE.search(tag)
    return Marker(source, kind="code", language=language[1] if language else "")


def _partial(source: str, _: str) -> Marker:
    return Marker(source, kind="text")


def _code_components(name: str) -> re.Pattern[str]:
    """A component with `{name}` as its content, or as an attribute."""
    shown = rf"\{{\s?{name}(?:\.\w{{1,40}}\(\))?\s?\}}"
    content = rf"<(?P<tag>[A-Z][\w.]{{0,80}})(?:\s[^<>]{{0,500}})?>\s{{0,99}}{shown}\s{{0,99}}</(?P=tag)>"
    attribute = rf"<[A-Z][\w.]{{0,80}}\s[^<>]{{0,500}}=\{{\s?{name}\s?\}}[^<>]{{0,500}}/>"
    return re.compile(f"{content}|{attribute}")


def _replace(
    lines: list[str], pattern: re.Pattern[str], marker_of: Callable[[str], Marker], insert: Insert
) -> list[str]:
    text = "\n".join(lines)
    pieces: list[str] = []
    done = 0
    for found in pattern.finditer(text):
        inserted = insert(marker_of(found[0]), f"{found[0]} ({PurePosixPath(marker_of(found[0]).path)})")
        if inserted is None:
            continue
        start = text.rfind("\n", 0, found.start()) + 1
        indent = text[start : found.start()]
        if indent.strip():
            indent = ""
        pieces += [text[done : found.start()], ("\n" + indent).join(inserted) if inserted else ""]
        done = found.end()
    pieces.append(text[done:])
    return "".join(pieces).split("\n")
