"""Put included files into reStructuredText, before docutils reads it.

Directives are rewritten to ones that hold the file's content: `literalinclude` to `code-block`, `csv-table` with a
`:file:` to one with content.
"""

import re
import textwrap
from collections.abc import Sequence

from vrom.builder.sources.included.directives import (
    part_of_literal,
    part_of_text,
    prepend_and_append,
    read_options,
)
from vrom.builder.sources.included.docstrings.stub import is_stub_directive, read_sphinx_stub, read_summary_stub
from vrom.builder.sources.included.inclusions import PageInclusions
from vrom.builder.sources.included.languages import MARKDOWN, language_of, suffix_of
from vrom.builder.sources.included.tree import NotIncludedError

_DIRECTIVE = re.compile(
    r"(?P<indent>[ \t]*(?:(?:[-*+]|#\.|\d{1,3}\.)[ \t]+){0,3})\.\. "
    r"(?P<name>[\w-]{0,40}include|code-block|sourcecode|code|raw|csv-table)::(?:[ \t]+(?P<argument>.{1,1000}))?",
    re.IGNORECASE,
)
_TEXT_DIRECTIVES = ("include", "mdinclude")
"""Directives that put in text; others that end in `include` show code, as Airflow's `exampleinclude` does."""
_QUICK = re.compile(r"include::|:file:|\bauto\w+::", re.IGNORECASE)
_STUB = re.compile(
    r"(?P<indent>[ \t]*)\.\. (?P<name>(?:py:)?(?:auto\w{2,40}|currentmodule|module))::"
    r"(?:[ \t]+(?P<argument>.{1,1000}))?"
)
_LITERAL = re.compile(r"(?:.*[^:\s.]::|[ \t]*::)[ \t]*")
_OPAQUE = re.compile(
    r"[ \t]*\.\. (?:(?:[\w-]*code[\w-]*|sourcecode|literalinclude|parsed-literal|prompt|console|raw|highlight|"
    r"changelog_imports|testcode|testoutput|doctest|ipython)::|(?!\S*::|_|\[|\|)\S)",
    re.IGNORECASE,
)
"""Directives and comments whose content is no reStructuredText."""


def expand_restructured_text(text: str, page: PageInclusions) -> str:
    """The text with the files that it includes in place of the directives; what is missing becomes a remark."""
    if not _QUICK.search(text):
        return text
    return "\n".join(_expand(text.split("\n"), page))


def convert_partial(text: str, page: PageInclusions) -> str:
    """A reStructuredText partial as Markdown. Raises `NotIncludedError` if it can't be read."""
    from vrom.builder.sources.extra import MissingExtraError
    from vrom.builder.sources.formats.encodings.decode import UnreadableError
    from vrom.builder.sources.isolated import read_isolated

    try:
        return "\n".join(
            document.text for document in read_isolated("rst", expand_restructured_text(text, page), page.name)
        )
    except (UnreadableError, MissingExtraError) as error:
        raise NotIncludedError("included file cannot be read") from error


def _expand(lines: Sequence[str], page: PageInclusions) -> list[str]:
    expanded: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if len(line) > 2_000:
            expanded.append(line)
            continue
        if found := _DIRECTIVE.fullmatch(line):
            end = _end_of_body(lines, number, len(found["indent"].expandtabs()))
            inserted = _insert(found, lines[number:end], page)
            if inserted is not None:
                expanded += inserted
                number = end
                continue
        if stub := _STUB.fullmatch(line):
            end = _end_of_body(lines, number, _columns(line))
            inserted = _put_stub(stub, lines[number:end], page)
            if inserted is not None:
                expanded += inserted
                number = end
                continue
        expanded.append(line)
        if _OPAQUE.match(line) or (_LITERAL.fullmatch(line) and not line.lstrip().startswith(".. ")):
            end = _end_of_body(lines, number, _columns(line))
            expanded += lines[number:end]
            number = end
    return expanded


def _put_stub(found: re.Match[str], body: Sequence[str], page: PageInclusions) -> list[str] | None:
    """Lines in place of a reference to docstrings; None for what is none, or has a text of its own."""
    name, argument = found["name"].removeprefix("py:"), (found["argument"] or "").strip()
    if name.endswith("module") and name != "automodule":
        page.module = "" if argument == "None" else argument
        return None
    count = next((at for at, line in enumerate(body) if line.strip() and not line.strip().startswith(":")), len(body))
    options, content = read_options([line for line in body[:count] if line.strip()]), body[count:]
    if name == "autosummary":
        stub = read_summary_stub(content, page.module)
        return [*(found["indent"] + line for line in page.put_aside(stub)), ""] if stub else None
    if not is_stub_directive(name):
        return None
    stub = read_sphinx_stub(argument, options, page.module if name != "automodule" else "", page.shows_members)
    if name == "automodule" and stub is not None:
        page.module = argument
    if stub is None:
        return None
    own = textwrap.indent(textwrap.dedent("\n".join(content)), found["indent"]).split("\n") if content else []
    return [*(found["indent"] + line for line in page.put_aside(stub)), "", *own, ""]


def _columns(line: str) -> int:
    line = line.expandtabs()
    return len(line) - len(line.lstrip())


def _end_of_body(lines: Sequence[str], start: int, indent: int) -> int:
    """The line after the last one that is indented deeper."""
    end = start
    for number in range(start, len(lines)):
        if lines[number].strip():
            if _columns(lines[number]) <= indent:
                break
            end = number + 1
    return end


def _insert(found: re.Match[str], body: Sequence[str], page: PageInclusions) -> list[str] | None:
    """Lines in place of a directive; None if it includes nothing."""
    name, argument = found["name"].lower(), (found["argument"] or "").strip()
    options = read_options(body)
    is_include = name.endswith("include")
    path = argument if is_include else options.get("file", "")
    if not path or (name == "include" and path.startswith("<")):
        return None
    try:
        if name in _TEXT_DIRECTIVES:
            lines = _insert_text(name, path, options, page)
        elif is_include:
            lines = _insert_code(path, options, page)
        else:
            lines = _fill(name, argument, path, options, body, page)
    except NotIncludedError as error:
        page.remark(f".. {name}:: {argument or path}", error)
        return [found["indent"].rstrip()] if found["indent"].strip() else []
    rest = re.sub(r"[^ \t]", " ", found["indent"])
    indented = [f"{rest}{line}" if line else "" for line in lines]
    return [found["indent"] + indented[0][len(rest) :], *indented[1:], ""] if indented else [found["indent"].rstrip()]


def _insert_text(name: str, path: str, options: dict[str, str], page: PageInclusions) -> list[str]:
    included = page.read(path)
    part = part_of_text(options)
    text = part.take(included.text)
    if "literal" in options or "code" in options:
        return _code_block(options.get("code", ""), page.add(text), options)
    parser = options.get("parser", "markdown" if name == "mdinclude" else "")
    if "markdown" in parser or "myst" in parser or suffix_of(included.path) in MARKDOWN:
        from vrom.builder.sources.included.markdown.expand import expand_markdown

        with page.enter(included):
            text = expand_markdown(page.add(text), page)
        if part.is_whole:
            page.mark_whole(included)
        return page.put_aside(text)
    with page.enter(included):
        text = expand_restructured_text(page.add(text), page)
    if part.is_whole:
        page.mark_whole(included)
    return text.strip("\n").split("\n")


def _insert_code(path: str, options: dict[str, str], page: PageInclusions) -> list[str]:
    included = page.read(path)
    text = page.add(part_of_literal(options).take(included.text))
    language = "diff" if "diff" in options else options.get("language") or language_of(included.path)
    return _code_block(language, prepend_and_append(text.strip("\n"), options), options)


def _code_block(language: str, code: str, options: dict[str, str]) -> list[str]:
    kept = [f"   :{name}: {options[name]}" for name in ("caption", "name") if options.get(name)]
    if not code.strip():
        return []
    lines = code.strip("\n").expandtabs(8).split("\n")
    return [f".. code-block:: {language or 'text'}", *kept, "", *(f"   {line}" if line else "" for line in lines)]


def _fill(
    name: str, argument: str, path: str, options: dict[str, str], body: Sequence[str], page: PageInclusions
) -> list[str]:
    """A directive with the content of its `:file:`."""
    included = page.read(path)
    text = page.add(included.text).strip("\n")
    if name == "raw":
        if "html" not in argument.lower().split():
            return []
        return page.put_aside(text)
    if name != "csv-table":
        return _code_block(argument or language_of(included.path), text, options)
    kept = [line.strip() for line in body if line.strip().startswith(":") and not line.strip().startswith(":file:")]
    return [
        f".. csv-table:: {argument}".rstrip(), *(f"   {line}" for line in kept), "",
        *(f"   {line}" if line else "" for line in text.expandtabs(8).split("\n")),
    ]  # fmt: skip
