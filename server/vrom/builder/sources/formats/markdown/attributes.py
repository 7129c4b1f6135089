"""Attributes of kramdown, Pandoc and Python-Markdown: `{: .note}`, `{ .annotate }`, `[text]{.smallcaps}`."""

import re

_NAMED = r"""(?:[.#][\w:.-]+|[\w:-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s{}"']+))"""
_LIST = rf"\{{:?[ \t]*{_NAMED}(?:[ \t]+(?:{_NAMED}|[\w-]+(?=\s*\}})))*[ \t]*\}}"
_LINE = re.compile(rf"^[ \t>]*{_LIST}[ \t]*$\n?", re.MULTILINE)
_KRAMDOWN_LINE = re.compile(r"^[ \t>]*\{::?[^{}\n]*/?\}[ \t]*$\n?", re.MULTILINE)
_KRAMDOWN = re.compile(r"(?<=[)\]*_\w\"'])[ ]?\{:[ \t]*(?=[.#\w])[^{}\n]*\}")
_AFTER = re.compile(rf"(?<=[)\]*\ue000-\ue0ff]){_LIST}")
_SPAN = re.compile(r"(?<![!\]\w])\[([^\[\]\n]+)\](\{[.#][^{}\n]*\})")
_HEADING = re.compile(r"^[ >]*#{1,6}[ \t][^\n]*\}[ \t#]*$", re.MULTILINE)
_AT_END = re.compile(r"[ \t]*(?:\{[ \t]*:?[ \t]*(?:[#.]|[\w-]+=)[^{}]*\}|\{/\*.{0,300}?\*/\})[ \t#]*$")
_ANCHOR = re.compile(r"\[\](?:\(\))?\{[^{}\n]*\}")


def remove_attributes(text: str) -> str:
    """The text, whose code is masked, without lists of attributes and the brackets around a span that has one."""
    if "{" not in text:
        return text
    text = _HEADING.sub(lambda heading: _AT_END.sub("", heading[0]), _ANCHOR.sub("", text))
    text = _SPAN.sub(r"\1", _KRAMDOWN_LINE.sub("", _LINE.sub("", text)))
    return _AFTER.sub("", _KRAMDOWN.sub("", text))
