"""Code blocks of AsciiDoc: their language, and callouts (`<1>`) as comments of that language."""

import re
from textwrap import dedent, indent

from vrom.builder.sources.formats.markdown_writer import write_fence
from vrom.builder.sources.formats.markup.asciidoc.attributes import BlockAttributes

_CALLOUT = re.compile(
    r"[ \t]*(?P<comment>//|#|--|;;|%%?|\*|/\*|<!--)?[ \t]*"
    r"(?P<marks>(?:(?:<!--(?:\d{1,3}|\.)-->|<(?:\d{1,3}|\.)>)[ \t]*)+)"
    r"(?:-->|\*/)?[ \t]*$",
    re.MULTILINE,
)
_HASH = {
    "bash", "sh", "shell", "console", "zsh", "python", "ruby", "yaml", "yml", "toml", "properties", "perl", "r",
    "dockerfile", "docker", "makefile", "make", "hcl", "terraform", "conf", "elixir", "powershell", "nginx", "awk",
    "julia", "nim", "gherkin", "graphql", "text", "",
}  # fmt: skip
_DASHES, _SEMICOLONS = {"sql", "lua", "haskell", "ada", "plsql"}, {"clojure", "lisp", "scheme", "ini", "asm", "elisp"}
_TAGS = {"xml", "html", "xhtml", "svg", "markdown", "pom"}
_QUOTES = re.compile(r"(?<![\w*])\*\*(\S(?:[^*\n]{0,200}\S)?)\*\*|(?<![\w*])\*(\S(?:[^*\n]{0,200}\S)?)\*(?![\w*])")


def write_code_block(code: str, attributes: BlockAttributes, language: str) -> str:
    """A code block in a language; empty if it is unknown."""
    if (columns := attributes.named.get("indent", "")).isdecimal():
        code = indent(dedent(code.expandtabs(4)), " " * min(int(columns[:3]), 40))
    subs = attributes.named.get("subs", "")
    if "quotes" in subs or "normal" in subs or "macros" in subs:
        code = _QUOTES.sub(lambda found: found[1] or found[2], code)
    return write_fence(_write_callouts(code, language), language)


def find_language(attributes: BlockAttributes, default: str) -> str:
    """The language that a block's attributes name, else the document's own if it is a block of source."""
    if attributes.style in ("source", "", "listing", "literal") and len(attributes.positional) > 1:
        named = attributes.positional[1]
    else:
        named = attributes.named.get("language", attributes.named.get("lang", ""))
    named = named or (default if attributes.style == "source" else "")
    return re.sub(r"[^\w+#.-]", "", named).lower() if named else ""


def _write_callouts(code: str, language: str) -> str:
    numbers = iter(range(1, 1_000))

    def write(found: re.Match[str]) -> str:
        marks = re.findall(r"\d+|(?<=<)\.(?=>)|(?<=--)\.(?=--)", found["marks"])
        text = " ".join(f"({next(numbers, 0) if mark == '.' else mark})" for mark in marks)
        if language in _TAGS:
            return f" <!-- {text} -->"
        return f" {_comment_mark(language)} {text}"

    return _CALLOUT.sub(write, code)


def _comment_mark(language: str) -> str:
    for languages, mark in ((_HASH, "#"), (_DASHES, "--"), (_SEMICOLONS, ";")):
        if language in languages:
            return mark
    return "//"
