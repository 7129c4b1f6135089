"""Markdown of a package as HTML: no HTML of its own, no images, no addresses but http and https, words marked."""

# ruff: noqa: ARG002 - the renderer calls each rule with the same arguments

import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from vrom.answers.document import web_address
from vrom.index.tokenizer import terms_of
from vrom.search.query import FUNCTION_TERMS

LONGEST = 40_000
"""Characters that are rendered; what follows is left out with a note."""
_WORD = re.compile(r"\w[\w.\-:/'’]*\w|\w")


def render_markdown(text: str, terms: frozenset[str] = frozenset(), *, below: int = 2) -> Markup:
    """HTML of a text, with words of these search terms marked. Its headings are below those of the level `below`."""
    shown, rest = text[:LONGEST], len(text) - LONGEST
    html = Markup(_PARSERS.parser.render(shown, {"terms": terms, "below": below, "level": below, "link_ends": []}))  # noqa: S704 - HTML is off, and each rule below escapes
    if rest > 0:
        html += Markup('<p class="quiet">… {} more characters</p>').format(f"{rest:,}")
    return html


def mark_words(text: str, terms: frozenset[str]) -> Markup:
    """Escaped text with words of these search terms marked; function words aren't."""
    parts: list[str] = []
    end = 0
    for word in _WORD.finditer(text):
        if not _terms(word[0]).isdisjoint(terms):
            parts += [escape(text[end : word.start()]), "<mark>", escape(word[0]), "</mark>"]
            end = word.end()
    return Markup("".join([*parts, escape(text[end:])]))  # noqa: S704 - all but the tags is escaped


@lru_cache(maxsize=32_768)
def _terms(word: str) -> frozenset[str]:
    """The search terms of a word, without function words."""
    return frozenset(terms_of(word)) - FUNCTION_TERMS


class _Renderer(RendererHTML):
    """Renderer whose every text is escaped and marked."""

    def text(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """Text within a line."""
        return mark_words(tokens[at].content, env["terms"])

    def code_inline(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """Code within a line."""
        return Markup("<code>{}</code>").format(mark_words(tokens[at].content, env["terms"]))

    def code_block(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """An indented code block."""
        return Markup('<pre tabindex="0"><code>{}</code></pre>\n').format(mark_words(tokens[at].content, env["terms"]))

    def fence(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """A fenced code block."""
        return self.code_block(tokens, at, options, env)

    def image(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """The text that stands for an image, which isn't loaded."""
        return Markup('<span class="image">{}</span>').format(mark_words(tokens[at].content or "image", env["terms"]))

    def table_open(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """A table, which scrolls if it is too wide, by keyboard too."""
        return '<div class="table" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """The end of a table."""
        return "</table></div>\n"

    def heading_open(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """A heading, below those of the page."""
        env["level"] = min(env["below"] + int(tokens[at].tag[1:]), env["level"] + 1, 6)  # no level is left out
        return f"<h{env['level']}>"

    def heading_close(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """The end of a heading."""
        return f"</h{env['level']}>\n"

    def link_open(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """A link to the web; others, into a site that isn't here, are text."""
        address = web_address(str(tokens[at].attrGet("href") or ""))
        env["link_ends"].append("</a>" if address else "</span>")
        if not address:
            return '<span class="link">'
        return Markup('<a href="{}" rel="noopener noreferrer nofollow">').format(address)

    def link_close(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        """The end of a link."""
        return str(env["link_ends"].pop())


class _Parsers(threading.local):
    """A parser of its own for each thread: they hold state."""

    def __init__(self) -> None:
        self.parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
        self.parser.options["maxNesting"] = 20


_PARSERS = _Parsers()
