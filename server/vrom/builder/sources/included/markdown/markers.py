"""Markers that stand for an included file: one line of Markdown, or part of a line."""

import re
from collections.abc import Callable, Iterator

from vrom.builder.sources.included.markdown import notations
from vrom.builder.sources.included.markdown.marker import Marker

LONGEST_MARKER = 2_000
"""Maximum characters of a line that can be a marker."""

Build = Callable[[re.Match[str]], Marker | None]


def find_marker(line: str) -> Marker | None:
    """The marker that is all of a line; None if the line is none. The line has no indentation or list mark."""
    if len(line) > LONGEST_MARKER or not (line := line.strip()):
        return None
    for pattern, build in _MARKERS.get(line[0], ()):
        if (found := pattern.fullmatch(line)) and (marker := build(found)):
            return marker
    return None


def find_inline_markers(line: str) -> Iterator[tuple[int, int, Marker]]:
    """Start, end and marker of each `{!…!}` and `{{#include …}}` within a line, outside code spans."""
    if len(line) > LONGEST_MARKER or ("{!" not in line and "#include" not in line):
        return
    for found in _INLINE.finditer(line):
        if found["code"] is None and not found["escape"] and (marker := find_marker(found["marker"])):
            yield found.start("marker"), found.end("marker"), marker


_INLINE = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<escape>\\?)(?P<marker>\{![^{}!\n]{1,500}!\}|\{\{\s{0,9}#include\s[^{}\n]{1,500}\}\})"
)


_PATH = r"(?P<path>[^\s#{}\[\]()]{1,500})"
_REGION = r"(?:#(?P<region>[\w.*-]{1,200}))?"
_MARKERS: dict[str, list[tuple[re.Pattern[str], Build]]] = {
    "{": [
        (re.compile(r"\{![<>]?(?P<body>[^\n]{1,1000})!\}"), notations.markdown_include),
        (re.compile(r"\{\*\??\s*(?P<path>[^\s*{}]{1,500})(?P<options>[^{}]{0,500}?)\*\}"), notations.fastapi),
        (
            re.compile(
                r"\{\{\s{0,9}#(?P<kind>include|rustdoc_include|playground|playpen|template)\s+(?P<path>[^\s{}]{1,500})"
                r"[^{}]{0,500}\}\}"
            ),
            notations.mdbook,
        ),
        (re.compile(r"\{\{[<%]\s{0,9}(?P<name>[\w/.-]{1,80})(?P<arguments>\s[^{}]{0,1000}?)/?\s*[>%]\}\}"),
         notations.shortcode),
        (
            re.compile(
                r"\{%-?\s{0,9}(?P<name>include|include_relative|include-markdown|include_code|render_md|remote_include)"
                r"(?P<arguments>\s[^\n]{1,1000}?)-?%\}"
            ),
            notations.template_tag,
        ),
    ],
    "-": [(re.compile(r"-{1,9}8<-{1,9}[ \t]+(?P<quote>[\"'])(?P<path>[^\n]{1,500}?)(?P=quote)"), notations.snippet)],
    "<": [
        (
            re.compile(
                rf"<<<[ \t]+{_PATH}{_REGION}[ \t]{{0,9}}(?:\{{(?P<braces>[^{{}}]{{0,200}})\}})?"
                r"[ \t]{0,9}(?:\[[^\[\]]{0,200}\])?"
            ),
            notations.vitepress_code,
        ),
        (
            re.compile(rf"<!--\s{{0,9}}@include:\s{{0,9}}{_PATH}{_REGION}(?:\{{(?P<lines>[\d,\s-]{{0,99}})\}})?\s{{0,9}}-->"),
            notations.vitepress_text,
        ),
        (
            re.compile(r"<(?:include|Include|Snippet)\b(?P<arguments>[^<>]{0,500}?)(?:/>|>(?P<path>[^<>]{0,500})</\w{7}>)"),
            notations.tag,
        ),
    ],
    "@": [
        (re.compile(r"@\[code(?P<about>[^\[\]]{0,200})\]\((?P<path>[^()\s]{1,500})\)"), notations.vuepress_code),
        (re.compile(r"@include\((?P<path>[^()]{1,500})\)"), notations.uncertain),
        (re.compile(r"@(?:include|import)[ \t]+[\"'](?P<path>[^\"']{1,500})[\"'][^\n]{0,200}"), notations.uncertain),
        (re.compile(r"@(?P<kind>include|snippet|includelineno|verbinclude)[ \t]+(?P<path>[^\s\"']{1,500})"
                    r"(?P<region>[ \t][\w .-]{1,100})?"), notations.doxygen),
    ],
    "\\": [
        (re.compile(r"\\(?P<kind>include|snippet|includelineno|verbinclude)[ \t]+(?P<path>[^\s\"'{}]{1,500})"
                    r"(?P<region>[ \t][\w .-]{1,100})?"), notations.doxygen),
    ],
    "!": [
        (re.compile(r"!!!\s{0,9}include\s{0,9}\((?P<path>[^()]{1,500})\)\s{0,9}!!!"), notations.uncertain),
        (re.compile(r"!INCLUDE[ \t]+[\"'](?P<path>[^\"']{1,500})[\"']"), notations.uncertain),
    ],
    "[": [
        (re.compile(r"\[!INCLUDE\s{0,9}\[[^\[\]]{0,300}\]\s?\((?P<path>[^()\s]{1,500})\)\]", re.IGNORECASE),
         lambda found: Marker(found["path"])),
        (re.compile(r"\[!code-?(?P<language>[\w+#-]{1,40})?\s?\[[^\[\]]{0,300}\]\s?\((?P<path>[^()\s]{1,500})[^()]{0,200}\)\]",
                    re.IGNORECASE), notations.docfx_code),
        (re.compile(r"\[[^\[\]]{0,300}\]\((?P<path>[^()\s]{1,500})[ \t]+(?P<options>'[^']{1,300}'|\"[^\"]{1,300}\")\)"),
         notations.docsify),
    ],
    ":": [
        (re.compile(r"::include\{\s{0,9}file\s?=\s?[\"']?(?P<path>[^\"'{}]{1,500})[\"']?\s{0,9}\}"),
         lambda found: Marker(found["path"].strip(), is_certain=not found["path"].startswith("http"))),
        (re.compile(r":::\s{0,9}code\s(?P<arguments>[^\n]{1,1000}?):::"), notations.docfx_block),
    ],
}  # fmt: skip
