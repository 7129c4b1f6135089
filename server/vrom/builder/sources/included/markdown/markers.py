"""Markers that stand for an included file: one line of Markdown, or part of a line.

Sources: the documentation of markdown-include, mdx_include, pymdownx.snippets, mdBook, VitePress, VuePress, Hugo,
Jekyll, Quarto, mkdocs-include-markdown-plugin, docsify, docfx, GitLab, embedme, markdown-autodocs and Fumadocs.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs

from vrom.builder.sources.included.selection import Part

LONGEST_MARKER = 2_000
"""Maximum characters of a line that can be a marker."""


@dataclass(frozen=True)
class Marker:
    """A place where a file is wanted."""

    path: str
    part: Part = Part()  # noqa: RUF009 - frozen
    kind: Literal["", "code", "text"] = ""
    """Empty: by the file's suffix."""
    language: str = ""
    """Empty: by the file's suffix."""
    is_certain: bool = True
    """False if the line may mean something else, so that it stays when there is no such file."""
    heading_offset: int = 0


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


def split_snippet(text: str) -> tuple[str, Part]:
    """The path and part in `path:section`, `path:3:7` or `path:1:3,5:6`, as pymdownx.snippets and mdBook have it."""
    lines = re.fullmatch(r"(.*?):(-?\d*(?::-?\d*)?(?:,-?\d*(?::-?\d*)?)*)", text)
    if lines and re.search(r"\d", lines[2]):
        ranges = ",".join(one if ":" in one else f"{one}:{one}" for one in lines[2].split(","))
        return lines[1], Part(lines=ranges)
    path, colon, section = text.rpartition(":")
    if colon and path and "/" not in section and not path.startswith("http"):
        return path, Part(region=section.strip())
    return text.rstrip(":"), Part()


def _markdown_include(found: re.Match[str]) -> Marker:
    path, *options = found["body"].strip().split("!")
    ranges = ""
    if bracket := re.search(r"\s*\[ln:([^\[\]]*)\]\s*$", path):
        path = path[: bracket.start()]
        ranges = re.sub(r"\.\d+", "", bracket[1])
    for option in options:
        name, _, value = option.strip().partition("=")
        if name == "lines":
            ranges = ",".join(value.split())
    return Marker(path.strip(), Part(lines=ranges))


def _fastapi(found: re.Match[str]) -> Marker:
    lines = re.search(r"\bln\[([^\]]*)\]", found["options"])
    ranges = lines[1].replace(" ", "") if lines else ""
    ranges = ",".join(one for one in ranges.split(",") if re.fullmatch(r"-?\d*(?:[:-]-?\d*)?", one) and one)
    return Marker(found["path"].strip("\"'"), Part(lines=ranges), kind="code")


def _snippet(found: re.Match[str]) -> Marker:
    return Marker(*split_snippet(found["path"]))


def _mdbook(found: re.Match[str]) -> Marker | None:
    path, part = split_snippet(found["path"])
    if found["kind"] in ("playground", "playpen"):
        return Marker(path, part, kind="code")
    return Marker(path, part)


def _vitepress_code(found: re.Match[str]) -> Marker:
    words = re.findall(r"[A-Za-z][\w+#-]*(?=[\s:}]|$)", found["braces"] or "")
    language = next((word for word in words if "line-numbers" not in word), "")
    return Marker(found["path"], Part(region=found["region"] or ""), "code", language, "." in found["path"])


def _vitepress_text(found: re.Match[str]) -> Marker:
    part = Part(lines=found["lines"] or "", region=found["region"] or "", heading=True)
    return Marker(found["path"], part, kind="text")


def _vuepress_code(found: re.Match[str]) -> Marker:
    about = found["about"] or ""
    lines = re.match(r"\s*\{([\d\s,-]+)\}", about)
    language = re.search(r"(?:^|[\s}])([A-Za-z][\w+#-]*)", about)
    path, _, region = found["path"].partition("#")
    part = Part(lines=lines[1].replace(" ", "") if lines else "", region=region)
    return Marker(path, part, kind="code", language=language[1] if language else "")


def _uncertain(found: re.Match[str]) -> Marker | None:
    path = found["path"].strip()
    if re.search(r"[*?<>|]", path) or ("." not in path and "/" not in path):
        return None
    return Marker(path, is_certain=False)


def _doxygen(found: re.Match[str]) -> Marker | None:
    region = (found["region"] or "").strip() if found["kind"].startswith("snippet") else ""
    if "." not in found["path"] or (found["kind"].startswith("snippet") and not region):
        return None
    return Marker(found["path"], Part(region=region), kind="code", is_certain=False)


def _arguments(text: str) -> tuple[list[str], dict[str, str]]:
    """Positional and named arguments of a shortcode or tag."""
    positional, named = [], {}
    for found in re.finditer(
        r"""(?:(?P<name>[\w-]+)\s?[=:]\s?)?(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|`(?P<raw>[^`]*)`|(?P<bare>[^\s"'`]+))""",
        text,
    ):
        value = next((found[key] for key in ("double", "single", "raw", "bare") if found[key] is not None), "")
        if found["name"]:
            named[found["name"].lower()] = value
        else:
            positional.append(value)
    return positional, named


_FILE_NAMES = ("file", "path", "src", "source", "filename", "url", "name")
_FILE_SHORTCODE = re.compile(
    r"include|readfile|read_file|code_sample|codenew|snippet|embed|import|example|literalinclude|file-?code",
    re.IGNORECASE,
)


def _shortcode(found: re.Match[str]) -> Marker | None:
    name = found["name"].lower()
    if not _FILE_SHORTCODE.search(name) or name.startswith("/"):
        return None
    positional, named = _arguments(found["arguments"])
    path = next((named[key] for key in _FILE_NAMES if key in named), positional[0] if positional else "")
    if not path or path.startswith("http") or path.endswith(".ipynb"):
        return None
    language = named.get("lang") or named.get("language") or ""
    is_code = "code" in name or named.get("code", "").lower() == "true" or bool(language)
    lines = named.get("lines", "")
    part = Part(
        lines=lines if re.fullmatch(r"[\d\s,:-]+", lines) else "",
        region=named.get("region") or named.get("section") or named.get("anchor") or named.get("marker") or "",
    )
    is_certain = name in ("include", "readfile", "code_sample", "codenew") and "." in path.rpartition("/")[2]
    return Marker(path, part, "code" if is_code else "", language, is_certain)


def _template_tag(found: re.Match[str]) -> Marker | None:
    name = found["name"].lower()
    positional, named = _arguments(found["arguments"])
    if name == "include_code" and len(positional) > 1:
        positional = positional[1:] if "." not in positional[0] else positional
    path = positional[0] if positional else ""
    if not path or path.startswith("http") or any(mark in path for mark in "{}*"):
        return None
    if name == "include" and (named or path.endswith((".html", ".htm", ".liquid"))):
        return None  # a template with parameters, which is no text of its own
    number = named.get("heading-offset", "0")
    part = Part(
        start_after=_unescape(named.get("start", "")), end_before=_unescape(named.get("end", "")), by_text=True,
        dedent=-1 if named.get("dedent", "").lower() == "true" else None,
    )  # fmt: skip
    offset = int(number) if re.fullmatch(r"\d", number) else 0
    return Marker(path, part, "code" if "code" in name else "", heading_offset=offset)


def _unescape(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t")


def _docsify(found: re.Match[str]) -> Marker | None:
    options = found["options"]
    if ":include" not in options or found["path"].startswith("http"):
        return None
    fragment = re.search(r":fragment=([\w.-]+)", options)
    kind = re.search(r":type=(\w+)(?:\s+([\w+-]+))?", options)
    if kind and kind[1] in ("iframe", "video", "audio", "mermaid"):
        return None
    is_code = kind is not None and kind[1] == "code"
    part = Part(region=fragment[1] if fragment else "")
    language = kind[2] if kind and is_code and kind[2] and not kind[2].startswith(":") else ""
    return Marker(found["path"], part, "code" if is_code else "", language)


def _docfx_code(found: re.Match[str]) -> Marker:
    path, _, query = found["path"].partition("?")
    path, _, anchor = path.partition("#")
    options = {key.lower(): values[0] for key, values in parse_qs(query).items()}
    part = Part(lines=_lines_of(options.get("range", "") or anchor), region=options.get("name", ""))
    return Marker(path, part, kind="code", language=found["language"] or "")


def _docfx_block(found: re.Match[str]) -> Marker | None:
    _, named = _arguments(found["arguments"])
    if "source" not in named:
        return None
    part = Part(lines=_lines_of(named.get("range", "")), region=named.get("id", ""))
    return Marker(named["source"], part, kind="code", language=named.get("language", ""))


def _lines_of(text: str) -> str:
    """Ranges in `L1-L3`, `1-3,7` or `#L5`; empty if there are none."""
    plain = re.sub(r"[Ll](?=\d)", "", text).replace(" ", "")
    return plain if re.fullmatch(r"\d+(?:[-,:]\d*)*", plain) else ""


def read_code_source(path: str) -> Marker:
    """The marker of `./x.js#L1-L3`, as in fences with `file=`, in embedme and in markdown-autodocs."""
    path, _, anchor = path.partition("#")
    return Marker(path.strip(), Part(lines=_lines_of(anchor)), kind="code")


def _tag(found: re.Match[str]) -> Marker | None:
    _, named = _arguments(found["arguments"])
    path = (found["path"] or named.get("src") or named.get("file") or named.get("path") or "").strip()
    if not path or path.startswith("http") or any(mark in path for mark in "{}"):
        return None
    path, _, region = path.partition("#")
    return Marker(path, Part(region=region, heading=True), language=named.get("lang", ""), is_certain=False)


_PATH = r"(?P<path>[^\s#{}\[\]()]{1,500})"
_REGION = r"(?:#(?P<region>[\w.*-]{1,200}))?"
_MARKERS: dict[str, list[tuple[re.Pattern[str], Build]]] = {
    "{": [
        (re.compile(r"\{![<>]?(?P<body>[^\n]{1,1000})!\}"), _markdown_include),
        (re.compile(r"\{\*\??\s*(?P<path>[^\s*{}]{1,500})(?P<options>[^{}]{0,500}?)\*\}"), _fastapi),
        (
            re.compile(
                r"\{\{\s{0,9}#(?P<kind>include|rustdoc_include|playground|playpen|template)\s+(?P<path>[^\s{}]{1,500})"
                r"[^{}]{0,500}\}\}"
            ),
            _mdbook,
        ),
        (re.compile(r"\{\{[<%]\s{0,9}(?P<name>[\w/.-]{1,80})(?P<arguments>\s[^{}]{0,1000}?)/?\s*[>%]\}\}"), _shortcode),
        (
            re.compile(
                r"\{%-?\s{0,9}(?P<name>include|include_relative|include-markdown|include_code|render_md|remote_include)"
                r"(?P<arguments>\s[^\n]{1,1000}?)-?%\}"
            ),
            _template_tag,
        ),
    ],
    "-": [(re.compile(r"-{1,9}8<-{1,9}[ \t]+(?P<quote>[\"'])(?P<path>[^\n]{1,500}?)(?P=quote)"), _snippet)],
    "<": [
        (
            re.compile(
                rf"<<<[ \t]+{_PATH}{_REGION}[ \t]{{0,9}}(?:\{{(?P<braces>[^{{}}]{{0,200}})\}})?"
                r"[ \t]{0,9}(?:\[[^\[\]]{0,200}\])?"
            ),
            _vitepress_code,
        ),
        (
            re.compile(rf"<!--\s{{0,9}}@include:\s{{0,9}}{_PATH}{_REGION}(?:\{{(?P<lines>[\d,\s-]{{0,99}})\}})?\s{{0,9}}-->"),
            _vitepress_text,
        ),
        (
            re.compile(r"<(?:include|Include|Snippet)\b(?P<arguments>[^<>]{0,500}?)(?:/>|>(?P<path>[^<>]{0,500})</\w{7}>)"),
            _tag,
        ),
    ],
    "@": [
        (re.compile(r"@\[code(?P<about>[^\[\]]{0,200})\]\((?P<path>[^()\s]{1,500})\)"), _vuepress_code),
        (re.compile(r"@include\((?P<path>[^()]{1,500})\)"), _uncertain),
        (re.compile(r"@(?:include|import)[ \t]+[\"'](?P<path>[^\"']{1,500})[\"'][^\n]{0,200}"), _uncertain),
        (re.compile(r"@(?P<kind>include|snippet|includelineno|verbinclude)[ \t]+(?P<path>[^\s\"']{1,500})"
                    r"(?P<region>[ \t][\w .-]{1,100})?"), _doxygen),
    ],
    "\\": [
        (re.compile(r"\\(?P<kind>include|snippet|includelineno|verbinclude)[ \t]+(?P<path>[^\s\"'{}]{1,500})"
                    r"(?P<region>[ \t][\w .-]{1,100})?"), _doxygen),
    ],
    "!": [
        (re.compile(r"!!!\s{0,9}include\s{0,9}\((?P<path>[^()]{1,500})\)\s{0,9}!!!"), _uncertain),
        (re.compile(r"!INCLUDE[ \t]+[\"'](?P<path>[^\"']{1,500})[\"']"), _uncertain),
    ],
    "[": [
        (re.compile(r"\[!INCLUDE\s{0,9}\[[^\[\]]{0,300}\]\s?\((?P<path>[^()\s]{1,500})\)\]", re.IGNORECASE),
         lambda found: Marker(found["path"])),
        (re.compile(r"\[!code-?(?P<language>[\w+#-]{1,40})?\s?\[[^\[\]]{0,300}\]\s?\((?P<path>[^()\s]{1,500})[^()]{0,200}\)\]",
                    re.IGNORECASE), _docfx_code),
        (re.compile(r"\[[^\[\]]{0,300}\]\((?P<path>[^()\s]{1,500})[ \t]+(?P<options>'[^']{1,300}'|\"[^\"]{1,300}\")\)"),
         _docsify),
    ],
    ":": [
        (re.compile(r"::include\{\s{0,9}file\s?=\s?[\"']?(?P<path>[^\"'{}]{1,500})[\"']?\s{0,9}\}"),
         lambda found: Marker(found["path"].strip(), is_certain=not found["path"].startswith("http"))),
        (re.compile(r":::\s{0,9}code\s(?P<arguments>[^\n]{1,1000}?):::"), _docfx_block),
    ],
}  # fmt: skip
