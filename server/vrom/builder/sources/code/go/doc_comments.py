"""Go doc comments as Markdown, by the syntax of Go 1.19: headings, lists, code, links."""

import re
from collections.abc import Iterator

from vrom.builder.sources.formats.markdown_writer import escape_paragraph, write_fence, write_item, write_quote

_DIRECTIVE = re.compile(r"//(?:go:|export |line |extern |[a-z0-9]+:[a-z0-9])")
_DEFINITION = re.compile(r"^\[([^\]\n]{1,300})\]: (\S{1,2000})$")
_ITEM = re.compile(r"[ \t]+(?P<mark>[-*+•]|\d{1,9}[.)])[ \t]+(?P<text>\S.*)")
_OLD_HEADING = re.compile(r"[A-Z][^.,;:!?+*/=\[\]{}_^°&§~%#@<>\"“”\n]{0,200}")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\](?![(:])")
_NAME = re.compile(r"\*?(?:[\w./-]+\.)?[A-Z]\w*(?:\.[A-Z]\w*)?")


def read_comment(text: str) -> list[str]:
    """The lines of a comment without its marks; none for a directive such as `//go:noinline`."""
    if text.startswith("/*"):
        return text[2:].removesuffix("*/").split("\n")
    return [] if _DIRECTIVE.match(text) else [text[2:].removeprefix(" ").rstrip()]


def convert_comment(lines: list[str]) -> str:
    """The Markdown of a doc comment. Headings are of the second level."""
    addresses = {match[1]: match[2] for line in lines if (match := _DEFINITION.match(line))}
    kept = [line.rstrip() for line in lines if not _DEFINITION.match(line)]
    spans = list(_split(kept))
    blocks = []
    for at, span in enumerate(spans):
        is_between = 0 < at < len(spans) - 1
        follows_prose = is_between and not _is_indented(spans[at - 1]) and not _is_indented(spans[at + 1])
        blocks.append(_convert_span(span, addresses, may_be_heading=follows_prose))
    return "\n\n".join(filter(None, blocks))


def _split(lines: list[str]) -> Iterator[list[str]]:
    """Runs of lines that are a paragraph, or an indented block with the blank lines in it."""
    span: list[str] = []
    blank = 0
    for line in lines:
        if not line.strip():
            blank += 1
            continue
        indented = line[0] in " \t"
        if span and (indented != _is_indented(span) or (blank and not indented)):
            yield span
            span = []
        elif blank and span:
            span += [""] * blank
        span.append(line)
        blank = 0
    if span:
        yield span


def _is_indented(span: list[str]) -> bool:
    return span[0][0] in " \t"


def _convert_span(span: list[str], addresses: dict[str, str], *, may_be_heading: bool) -> str:
    if _is_indented(span):
        return _write_list(span, addresses) if _ITEM.match(span[0]) else write_fence(_dedent(span), _guess(span))
    if len(span) == 1 and re.match(r"# \S", span[0]):
        return f"## {span[0][2:].strip()}"
    if len(span) == 1 and may_be_heading and _OLD_HEADING.fullmatch(span[0]):
        return f"## {span[0]}"
    text = escape_paragraph(_link("\n".join(span), addresses))
    return write_quote(f"**Deprecated**\n\n{text[11:].strip()}") if text.startswith("Deprecated:") else text


def _write_list(span: list[str], addresses: dict[str, str]) -> str:
    items: list[tuple[str, list[str]]] = []
    for line in span:
        if match := _ITEM.fullmatch(line):
            mark = match["mark"] if match["mark"][0].isdigit() else "-"
            items.append((mark, [match["text"]]))
        else:
            items[-1][1].append(line.strip())
    texts = [(mark, "\n".join(lines).strip().split("\n\n")) for mark, lines in items]
    return "\n".join(write_item(mark, [_link(block, addresses) for block in blocks]) for mark, blocks in texts)


def _link(text: str, addresses: dict[str, str]) -> str:
    """Text with links to web pages, and names of items as code."""

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name in addresses:
            return f"[{name}]({addresses[name]})"
        return f"`{name}`" if _NAME.fullmatch(name) else match[0]

    return _LINK.sub(replace, text)


def _dedent(span: list[str]) -> str:
    lines = [line.expandtabs(4) for line in span]
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "\n".join(line[indent:] for line in lines)


_GO = re.compile(r":=|\bfunc\b|^\s*(?:import|package|type|var) ")


def _guess(span: list[str]) -> str:
    """`go` for code that looks like Go, else no language."""
    looks_so = any(_GO.search(line) or ("(" in line and line.rstrip(" {").endswith(")")) for line in span)
    return "go" if looks_so else ""
