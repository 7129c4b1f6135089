"""Rust doc comments as Markdown: doctests without hidden lines, links to items as code."""

import re
from collections.abc import Iterable, Sequence

from vrom.builder.sources.formats.fenced_text import Part, split_fences
from vrom.markdown.fences import fence_mark

_DOCTEST_FLAGS = re.compile(r"(?:rust|should_panic|no_run|ignore[\w-]*|compile_fail|edition\d+|E\d{4}|standalone\w*)")
_NAME = r"(?:`[^`\n]{1,300}`|[^\[\]`\n]){1,300}"
_DEFINITION = re.compile(r"^ {0,3}\[([^\]\n]{1,300})\]:[ \t]*<?(\S{1,2000}?)>?(?:[ \t].*)?$", re.MULTILINE)
_LINK = re.compile(
    r"(?<![\[`!])(?P<code>`[^`\n]+`)"
    rf"|(?<!!)\[(?P<name>{_NAME})\]"
    r"(?:\((?P<target>[^()\s]{0,2000}(?:\(\))?)(?:\s+\"[^\"\n]*\")?\)|\[(?P<label>[^\[\]\n]{0,300})\])?"
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:(?!:)|#", re.IGNORECASE)


def read_comment(text: str) -> list[str]:
    """The lines of a doc comment; none for other comments."""
    if re.match(r"///(?!/)|//!", text):
        return [text[3:].rstrip("\n")]
    if re.match(r"/\*\*(?![*/])|/\*!", text):
        lines = text[3:].removesuffix("*/").split("\n")
        starred = all(line.lstrip().startswith("*") for line in lines[1:] if line.strip())
        return [lines[0], *(line.lstrip()[1:] if starred else line for line in lines[1:])]
    return []


def join_docs(lines: Sequence[str]) -> str:
    """The lines of an item's doc comments without the indent that all of them share."""
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    indent = min(indents, default=0)
    return "\n".join(line[indent:].rstrip() for line in lines).strip("\n")


def convert_docs(docs: str) -> str:
    """The Markdown of an item's documentation, without its links to items."""
    parts = list(split_fences(docs))
    prose = "\n".join(line for part in parts if not part.is_code for line in part.lines)
    addresses = {name.casefold(): bool(_ADDRESS.match(target)) for name, target in _DEFINITION.findall(prose)}
    return "\n".join(
        _convert_example(part).write() if part.is_code else _unlink("\n".join(part.lines), addresses) for part in parts
    ).strip("\n")


def _unlink(text: str, addresses: dict[str, bool]) -> str:
    """Prose whose links to items are their text alone; links to web pages stay."""

    def replace(match: re.Match[str]) -> str:
        name, target = match["name"], match["target"]
        if match["code"]:
            return match["code"]
        if target is not None:
            return match[0] if _ADDRESS.match(target) else name
        label = (match["label"] or name).casefold()
        if addresses.get(label, False):
            return match[0]
        return name if label in addresses or match["label"] or name.startswith("`") else match[0]

    kept = _DEFINITION.sub(lambda match: match[0] if addresses[match[1].casefold()] else "", text)
    return _LINK.sub(replace, kept)


def _convert_example(part: Part) -> Part:
    """A code block as a reader sees it; one without a language is Rust."""
    mark = fence_mark(part.opening)
    indent, _, info = part.opening.partition(mark)
    flags = [flag for flag in re.split(r"[,\s]+", info.strip("` ~")) if flag and not flag.startswith("{")]
    if not all(_DOCTEST_FLAGS.fullmatch(flag) for flag in flags):
        return part
    return Part(list(_hide_lines(part.lines)), f"{indent}{mark}rust")


def _hide_lines(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        code = line.lstrip()
        if code == "#" or code.startswith("# "):
            continue
        yield line.replace("##", "#", 1) if code.startswith("##") else line
