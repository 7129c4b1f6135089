"""Notations of markers: what each asks for, from the match of its pattern.

Sources: the documentation of markdown-include, mdx_include, pymdownx.snippets, mdBook, VitePress, VuePress, Hugo,
Jekyll, Quarto, mkdocs-include-markdown-plugin, docsify, docfx, GitLab, embedme, markdown-autodocs and Fumadocs.
"""

import re
from urllib.parse import parse_qs

from vrom.builder.sources.included.markdown.marker import Marker, line_ranges, split_snippet
from vrom.builder.sources.included.selection import Part


def markdown_include(found: re.Match[str]) -> Marker:
    """`{!path!lines=1-3!}` of markdown-include and mdx_include."""
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


def fastapi(found: re.Match[str]) -> Marker:
    """`{* path ln[1:3] *}` of mdx_include as FastAPI has it."""
    lines = re.search(r"\bln\[([^\]]*)\]", found["options"])
    ranges = lines[1].replace(" ", "") if lines else ""
    ranges = ",".join(one for one in ranges.split(",") if re.fullmatch(r"-?\d*(?:[:-]-?\d*)?", one) and one)
    return Marker(found["path"].strip("\"'"), Part(lines=ranges), kind="code")


def snippet(found: re.Match[str]) -> Marker:
    """`--8<-- "path:section"` of pymdownx.snippets."""
    return Marker(*split_snippet(found["path"]))


def mdbook(found: re.Match[str]) -> Marker | None:
    """`{{#include path:3:7}}` and its kin of mdBook."""
    path, part = split_snippet(found["path"])
    if found["kind"] in ("playground", "playpen"):
        return Marker(path, part, kind="code")
    return Marker(path, part)


def vitepress_code(found: re.Match[str]) -> Marker:
    """`<<< path#region{1,3 ts}` of VitePress."""
    words = re.findall(r"[A-Za-z][\w+#-]*(?=[\s:}]|$)", found["braces"] or "")
    language = next((word for word in words if "line-numbers" not in word), "")
    return Marker(found["path"], Part(region=found["region"] or ""), "code", language, "." in found["path"])


def vitepress_text(found: re.Match[str]) -> Marker:
    """`<!-- @include: path#region{1,3} -->` of VitePress."""
    part = Part(lines=found["lines"] or "", region=found["region"] or "", heading=True)
    return Marker(found["path"], part, kind="text")


def vuepress_code(found: re.Match[str]) -> Marker:
    """`@[code{1-3} ts](path)` of VuePress."""
    about = found["about"] or ""
    lines = re.match(r"\s*\{([\d\s,-]+)\}", about)
    language = re.search(r"(?:^|[\s}])([A-Za-z][\w+#-]*)", about)
    path, _, region = found["path"].partition("#")
    part = Part(lines=lines[1].replace(" ", "") if lines else "", region=region)
    return Marker(path, part, kind="code", language=language[1] if language else "")


def uncertain(found: re.Match[str]) -> Marker | None:
    """A path that may be none: `@include(path)` and others; None unless it looks like one."""
    path = found["path"].strip()
    if re.search(r"[*?<>|]", path) or ("." not in path and "/" not in path):
        return None
    return Marker(path, is_certain=False)


def doxygen(found: re.Match[str]) -> Marker | None:
    """`@include path` and `@snippet path region` of Doxygen; None without what names a file."""
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


def shortcode(found: re.Match[str]) -> Marker | None:
    """`{{< readfile file="path" >}}` of Hugo and Quarto, by the names that themes use; None for other shortcodes."""
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


def template_tag(found: re.Match[str]) -> Marker | None:
    """`{% include-markdown "path" start="…" %}` of MkDocs and Jekyll; None for a template with parameters."""
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


def docsify(found: re.Match[str]) -> Marker | None:
    """`[name](path ':include :type=code')` of docsify; None for other links."""
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


def docfx_code(found: re.Match[str]) -> Marker:
    """`[!code-ts[name](path?range=1-3)]` of docfx."""
    path, _, query = found["path"].partition("?")
    path, _, anchor = path.partition("#")
    options = {key.lower(): values[0] for key, values in parse_qs(query).items()}
    part = Part(lines=line_ranges(options.get("range", "") or anchor), region=options.get("name", ""))
    return Marker(path, part, kind="code", language=found["language"] or "")


def docfx_block(found: re.Match[str]) -> Marker | None:
    """`:::code source="path" range="1-3":::` of docfx; None without a source."""
    _, named = _arguments(found["arguments"])
    if "source" not in named:
        return None
    part = Part(lines=line_ranges(named.get("range", "")), region=named.get("id", ""))
    return Marker(named["source"], part, kind="code", language=named.get("language", ""))


def tag(found: re.Match[str]) -> Marker | None:
    """`<Include src="path#region" />` of Fumadocs and Mintlify; None without a path."""
    _, named = _arguments(found["arguments"])
    path = (found["path"] or named.get("src") or named.get("file") or named.get("path") or "").strip()
    if not path or path.startswith("http") or any(mark in path for mark in "{}"):
        return None
    path, _, region = path.partition("#")
    return Marker(path, Part(region=region, heading=True), language=named.get("lang", ""), is_certain=False)
