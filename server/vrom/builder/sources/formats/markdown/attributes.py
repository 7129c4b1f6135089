"""Attributes of kramdown, Pandoc and Python-Markdown: `{: .note}`, `{ .annotate }`, `[text]{.smallcaps}`."""

import re

_ATTRIBUTE = r"""(?:[.#][\w:.-]+|[\w:-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s{}"']+)|:?toc|[\w-]+(?=\s*\}))"""
_LINE = re.compile(rf"^[ \t>]*\{{:?[ \t]*(?:[.#][\w:.-]+|[\w:-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{{}}\"']+))(?:[ \t]+{_ATTRIBUTE})*[ \t]*\}}[ \t]*$\n?", re.MULTILINE)
_KRAMDOWN_LINE = re.compile(r"^[ \t>]*\{::?[^{}\n]*/?\}[ \t]*$\n?", re.MULTILINE)
_AFTER = re.compile(rf"(?<=[)\]*_\w\"'])[ ]?\{{:[ \t]*(?=[.#\w])[^{{}}\n]*\}}|(?<=[)\]*\ue000-\ue0ff])\{{[ \t]*(?:[.#][\w:.-]+|[\w:-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{{}}\"']+))(?:[ \t]+{_ATTRIBUTE})*[ \t]*\}}")
_SPAN = re.compile(r"(?<![!\]\w])\[([^\[\]\n]+)\](?=\{[.#])")
_HEADING = re.compile(r"^[ >]*#{1,6}[ \t][^\n]*\}[ \t#]*$", re.MULTILINE)
_AT_END = re.compile(r"[ \t]*(?:\{[ \t]*:?[ \t]*(?:[#.]|[\w-]+=)[^{}]*\}|\{/\*.{0,300}?\*/\})[ \t#]*$")
_ANCHOR = re.compile(r"\[\](?:\(\))?\{[^{}\n]*\}")


def remove_attributes(text: str) -> str:
    """The text, whose code is masked, without lists of attributes and the brackets around a span that has one."""
    if "{" not in text:
        return text
    text = _ANCHOR.sub("", text)
    text = _HEADING.sub(lambda heading: _AT_END.sub("", heading[0]), text)
    text = _KRAMDOWN_LINE.sub("", _LINE.sub("", text))
    spans = {match.start() for match in _SPAN.finditer(text)}
    if spans:
        text = re.sub(r"(?<![!\]\w])\[([^\[\]\n]+)\](\{[.#][^{}\n]*\})", r"\1", text)
    return _AFTER.sub("", text)
