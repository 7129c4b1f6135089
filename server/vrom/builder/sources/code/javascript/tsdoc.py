"""Convert TSDoc and JSDoc comments to Markdown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vrom.builder.sources.formats.fenced_text import replace_headings
from vrom.builder.sources.formats.markdown_writer import write_fence, write_item, write_quote
from vrom.markdown.fences import fence_mark, has_no_info

LONGEST_COMMENT = 40_000
"""Maximum characters of a comment; the rest is cut off."""

_INTERNAL = re.compile(r"@(?:internal|hidden|ignore|private)\b")
_TAG = re.compile(r"@([A-Za-z]{2,30})(?=\s|$|\{)")
_LINK = re.compile(r"\{@(?:link|linkcode|linkplain)\s+([^{}\n]{1,300})\}")
_INLINE = re.compile(r"\{@(?:inheritDoc|label)\b[^{}\n]{0,300}\}", re.IGNORECASE)
_TYPE = re.compile(r"\{([^{}\n]{0,300})\}\s*")
_CODE = re.compile(r"[;{}()=]")
_PARAMETERS = {"param", "arg", "argument", "property", "prop"}
_TYPE_PARAMETERS = {"typeparam", "template"}
_RETURNS = {"returns", "return", "yields"}
_THROWS = {"throws", "exception"}
_EXAMPLES = {"example", "examples", "additionalexamples"}
_DEFAULTS = {"default", "defaultvalue"}
_TEXT = {"remarks", "description", "summary", "desc"}
_NOTES = {"see", "since", "note", "warning", "tip", "experimental", "beta", "alpha", "fires", "todo"}
_OMITTED = {
    *("public", "category", "mode", "group", "module", "packageDocumentation", "fileoverview", "file", "name", "type"),
    *("typedef", "function", "class", "interface", "memberof", "readonly", "virtual", "override", "sealed", "author"),
    *(
        "license",
        "copyright",
        "version",
        "access",
        "internal",
        "hidden",
        "ignore",
        "private",
        "privateremarks",
        "export",
    ),
    *(
        "kind",
        "static",
        "async",
        "constructor",
        "extends",
        "augments",
        "implements",
        "callback",
        "order",
        "subcategory",
    ),
}
_KNOWN = {
    *_PARAMETERS, *_TYPE_PARAMETERS, *_RETURNS, *_THROWS, *_EXAMPLES, *_DEFAULTS, *_TEXT, *_NOTES, "deprecated",
    *(name.lower() for name in _OMITTED),
}  # fmt: skip


def is_internal(comment: str) -> bool:
    """True if a comment says that users of the package must not use the name."""
    return bool(_INTERNAL.search(comment))


@dataclass
class Comment:
    """The parts of a comment, or of those of all overloads."""

    texts: list[str] = field(default_factory=list)
    deprecated: list[str] = field(default_factory=list)
    sections: dict[str, list[str]] = field(default_factory=dict)
    """List items by the title of their section."""
    notes: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)


def convert_comments(comments: Sequence[str]) -> str:
    """The Markdown of the comments of a declaration; what overloads repeat is written once."""
    parsed = [_parse(one) for one in dict.fromkeys(comments) if one]
    whole = Comment()
    several = len({tuple(one.texts) for one in parsed if one.texts}) > 1
    for number, one in enumerate(parsed, 1):
        if several and one.texts:
            one.texts[0] = f"**Overload {number}.** {one.texts[0]}"
        whole.texts += one.texts
        whole.deprecated += one.deprecated
        whole.notes += one.notes
        whole.examples += one.examples
        for title, entries in one.sections.items():
            whole.sections.setdefault(title, []).extend(entries)
    return "\n\n".join(_write(whole))


def _write(comment: Comment) -> Iterator[str]:
    for text in dict.fromkeys(comment.deprecated):
        yield write_quote(f"**Deprecated.** {text}".strip())
    yield from dict.fromkeys(filter(None, comment.texts))
    for title, entries in comment.sections.items():
        yield f"**{title}**"
        yield "\n".join(dict.fromkeys(entries))
    yield from dict.fromkeys(comment.notes)
    examples = list(dict.fromkeys(comment.examples))
    if examples:
        yield "**Examples**" if len(examples) > 1 else "**Example**"
        yield from examples


def _parse(comment: str) -> Comment:
    parsed = Comment()
    for tag, text in _split_tags(strip_marks(comment)[:LONGEST_COMMENT]):
        body = _convert_inline(text)
        if tag in ("", *_TEXT):
            if body:
                parsed.texts.append(replace_headings(body))
        elif tag == "deprecated":
            parsed.deprecated.append(body)
        elif tag in _PARAMETERS or tag in _TYPE_PARAMETERS:
            title = "Parameters" if tag in _PARAMETERS else "Type parameters"
            if entry := _write_parameter(body):
                parsed.sections.setdefault(title, []).append(entry)
        elif tag in _RETURNS or tag in _THROWS:
            if entry := _write_result(body):
                parsed.sections.setdefault("Returns" if tag in _RETURNS else "Throws", []).append(entry)
        elif tag in _EXAMPLES:
            if text.strip():
                parsed.examples.append(_write_example(text))
        elif tag in _DEFAULTS:
            if body:
                parsed.notes.append(f"Default: {body if '`' in body or len(body) > 80 else f'`{body}`'}")
        elif tag in _NOTES:
            parsed.notes.append(f"**{tag.capitalize()}** {body}".strip())
    return parsed


def strip_marks(comment: str) -> str:
    """The text of a comment without `/**`, `*/` and the asterisks before its lines."""
    inner = comment.removeprefix("/**").removesuffix("*/")
    lines = [re.sub(r"^[ \t]*\*(?: |$)?", "", line) if at else line for at, line in enumerate(inner.split("\n"))]
    return "\n".join(line.rstrip() for line in lines).strip("\n").strip(" ")


def _split_tags(text: str) -> Iterator[tuple[str, str]]:
    """The block tags of a comment, in lower case, with their texts; first the text before them, with no tag."""
    tag, lines, mark = "", list[str](), ""
    for line in text.split("\n"):
        opening = fence_mark(line)
        if opening and (not mark or (opening.startswith(mark) and has_no_info(line))):
            mark = "" if mark else opening
        found = None if mark or opening else _TAG.match(line.strip())
        if found and found[1].lower() in _KNOWN:
            yield tag, "\n".join(lines).strip("\n")
            tag, lines = found[1].lower(), [line.strip()[found.end() :].strip()]
        else:
            lines.append(line)
    yield tag, "\n".join(lines).strip("\n")


def _convert_inline(text: str) -> str:
    return _LINK.sub(_write_link, _INLINE.sub("", text)).strip()


def _write_link(found: "re.Match[str]") -> str:
    target, bar, label = found[1].partition("|")
    if not bar:
        target, _, label = found[1].strip().partition(" ")
    target, label = target.strip(), label.strip()
    if target.startswith(("http://", "https://")):
        return f"[{label}]({target})" if label else f"<{target}>"
    name = (label or target).strip("`")
    return f"`{name}`" if " " not in name else name


def _write_parameter(text: str) -> str:
    text = _TYPE.sub("", text, count=1) if text.startswith("{") else text
    found = re.match(r"(\[[^\]\n]{1,200}\]|[^\s]+)\s*(?:-{1,2}\s+|–\s+|:\s+)?", text)
    if not found:
        return ""
    name = found[1].strip("[]`").removesuffix(":")
    description = _indent_free(text[found.end() :])
    return _write_entry(f"`{name}`", description)


def _write_result(text: str) -> str:
    found = _TYPE.match(text)
    kind = f"`{found[1]}`" if found and found[1] else ""
    description = _indent_free(text[found.end() :] if found else text).removeprefix("- ")
    return _write_entry(kind, description)


def _write_entry(head: str, description: str) -> str:
    first, *rest = re.split(r"\n{2,}", description)
    return write_item("-", [" — ".join(filter(None, [head, first.strip()])), *rest]) if head or first else ""


def _indent_free(text: str) -> str:
    """A description whose continued lines lose their indentation, unless it has code."""
    text = replace_headings(text.strip())
    return text if "```" in text else re.sub(r"\n[ \t]+(?![-*+\d])", "\n", text)


def _write_example(text: str) -> str:
    """An example: as it is if it marks its code, else as code."""
    title = ""
    if found := re.match(r"<caption>([^<\n]{1,200})</caption>\s*", text):
        title, text = found[1], text[found.end() :]
    if "```" not in text and _CODE.search(text):
        first, _, rest = text.partition("\n")
        if rest.strip() and not _CODE.search(first):
            title, text = title or first.strip(), rest
        text = write_fence(text.strip("\n"), "ts")
    else:
        text = replace_headings(_convert_inline(text))
    return f"{title}\n\n{text.strip()}".strip()
