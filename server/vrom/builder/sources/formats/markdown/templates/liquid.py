"""Tags of Liquid (Jekyll, GitHub), GitBook and Markdoc: `{% highlight ruby %}`, `{% hint style="info" %}`."""

import re
from functools import partial

from vrom.builder.sources.formats.markdown.boxes.labels import is_admonition, write_admonition, write_label
from vrom.builder.sources.formats.markdown.lines import is_alone
from vrom.builder.sources.formats.markdown.masked import MaskedText

_TAG = re.compile(
    r"\{%-?\s*(?P<closes>/|end)?(?P<name>[\w.-]+|#[\w-]+|\.[\w-]+)?"
    r"(?P<args>(?:[^\n%{]|%(?!\})|\{(?!%)){0,1000}?)(?P<single>/?)-?%\}"
)
_MULTILINE = re.compile(r"\{%-?\s*(?:include|render|assign|component|liquid)\b[^%{}]{0,2000}%\}")
_OUTPUT = re.compile(r"\{\{-?\s*([^{}\n]{1,300}?)\s*-?\}\}")
_BEHIND_HEADING = re.compile(r"^(#{1,6}[ \t][^\n]*?)[ \t]+$", re.MULTILINE)
_ARGUMENT = re.compile(r"""([\w-]+)\s*[=:]\s*(?:"([^"]*)"|'([^']*)'|([^\s"',]+))|"([^"]*)"|'([^']*)'|([^\s,"']+)""")
_KNOWN = {"if", "elsif", "else", "elseif", "unless", "case", "when", "for", "break", "continue", "assign", "capture"}
_KNOWN |= {"increment", "decrement", "include", "include_relative", "include_cached", "render", "layout", "raw"}
_KNOWN |= {"comment", "highlight", "link", "post_url", "tab", "tabs", "code", "hint", "note", "warning", "tip"}
_KNOWN |= {"important", "data", "ifversion", "endif", "octicon", "embed", "content-ref", "swagger", "openapi"}
_KNOWN |= {"stepper", "step", "columns", "column", "callout", "table", "partial", "cycle", "tablerow", "liquid"}
_KNOWN |= {"seo", "feed_meta", "toc", "jsonify", "gist", "danger", "info", "caution", "file", "raw_url", "details"}
_KNOWN |= {"accordion", "youtube", "figure", "card", "cards", "admonition", "alert", "image", "img", "video"}
_KNOWN |= {"prompt", "codetabs", "codetab", "vscode", "jetbrains", "webui", "cli", "api", "rowheaders", "tool", "mac"}
_KNOWN |= {"linux", "windows", "desktop", "curl", "extends", "block", "section"}
_TEXTS = ("title", "label", "heading", "header", "name", "summary", "caption", "alt", "aria-label", "question", "tab")
_PROSE = ("content", "text", "description", "body", "message")
_PLATFORMS = {"mac", "linux", "windows", "desktop", "curl", "webui", "cli", "api", "vscode", "jetbrains"}
_NAMES = {"mac": "macOS", "webui": "Web", "cli": "CLI", "api": "API", "curl": "cURL", "vscode": "VS Code"}
_ADDRESS = re.compile(r"(?:base_?url|url|root|relative_url|absolute_url|prefix)$", re.IGNORECASE)


def has_tags(text: str) -> bool:
    """True if a text holds a tag that isn't only an example: one that Liquid knows, or that is closed."""
    if "{%" not in text:
        return False
    names = [(tag["closes"] or "", tag["name"] or "") for tag in _TAG.finditer(text)]
    closed = {name for closes, name in names if closes}
    return any(name in _KNOWN or name in closed or name.startswith(("#", ".")) for _, name in names)


def fence_code(masked: MaskedText) -> None:
    """Take the code between `{% highlight ruby %}` and its end out of the text, as a fence; and what is commented."""
    if "{%" not in masked.text:
        return
    text, written, done = masked.text, [], 0
    opening = None
    for tag in _TAG.finditer(text):
        if opening is None:
            if not tag["closes"] and tag["name"] in ("highlight", "comment"):
                opening = tag
        elif tag["closes"] and tag["name"] == opening["name"]:
            written.append(text[done : opening.start()])
            if tag["name"] == "highlight":
                words = opening["args"].split()
                language = words[0] if words and re.fullmatch(r"[\w+#.-]{1,30}", words[0]) else ""
                code = _RAW.sub("", text[opening.end() : tag.start()])
                written.append(masked.take_out_code(code, language, text, opening.start()))
            done, opening = tag.end(), None
    masked.text = "".join([*written, text[done:]])


_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\n?")


def remove_raw(text: str) -> str:
    """The text without the tags around what isn't a template: `{% raw %}`."""
    return _RAW.sub("", text)


def replace_tags(text: str) -> str:
    """The text, whose code is masked, with each tag replaced by what a reader sees of it."""
    text = _MULTILINE.sub(lambda match: " ".join(match[0].split()), text)
    text = _replace_outputs(text)
    closed = {tag["name"] for tag in _TAG.finditer(text) if tag["closes"]}
    written, done = [], 0
    for tag in _TAG.finditer(text):
        name = tag["name"] or ""
        if not (name in _KNOWN or name in closed or name.startswith(("#", ".")) or not name):
            continue
        alone = is_alone(text, tag.start(), tag.end(), partial(_TAG.sub, ""))
        written += [text[done : tag.start()], _show(tag, alone=alone)]
        done = tag.end()
    return _BEHIND_HEADING.sub(r"\1", "".join([*written, text[done:]]))


def _replace_outputs(text: str) -> str:
    """The text with values of the site by their names: `{{ site.version }}`. Rows made in a loop go."""
    depth, lines = 0, []
    for line in text.split("\n"):
        for tag in _TAG.finditer(line):
            if tag["name"] in ("for", "tablerow"):
                depth = max(0, depth + (-1 if tag["closes"] else 1))
        if "{{" in line:
            shown = _OUTPUT.sub("", line) if depth else _OUTPUT.sub(_show_output, line)
            if depth and not re.search(r"\w", _TAG.sub("", shown)):
                continue
            line = shown
        lines.append(line)
    return "\n".join(lines)


def _show_output(match: "re.Match[str]") -> str:
    value, *filters = match[1].split("|")
    value = value.strip()
    if quoted := re.fullmatch(r"""(["'])(.*)\1""", value):
        return quoted[2]
    in_target = match.string[: match.start()].rstrip().endswith(("(", "<", '="', "]:"))
    if _ADDRESS.search(value) or in_target:
        return ""
    return value if re.fullmatch(r"[\w.$\[\]'\" -]+", value) and not filters else value.split("(")[0].strip()


def _show(tag: "re.Match[str]", *, alone: bool) -> str:
    name = tag["name"] or ""
    if tag["closes"] or not name or name.startswith(("#", ".")):
        return ""
    named, positional = _read_arguments(tag["args"])
    if name in ("link", "post_url"):
        return positional[0] if positional else ""
    if name == "data":
        words = positional[0] if positional else ""
        return "" if alone or words.startswith("reusables") else words.rpartition(".")[2].replace("_", " ")
    if name in ("if", "elsif", "unless", "case", "when", "for", "assign", "capture", "ifversion", "elseif", "cycle"):
        return ""
    if name in _PLATFORMS and alone:
        return write_label(_NAMES.get(name, name.capitalize()))
    if name in ("swagger", "openapi", "api-method") and named.get("path"):
        operation = f"`{named.get('method', '').upper()} {named['path']}`".replace("` ", "`")
        return f"{write_label(named['summary'])} {operation}" if named.get("summary") else operation
    title = next((named[key] for key in _TEXTS if named.get(key)), "")
    prose = [named[key] for key in _PROSE if named.get(key)]
    if name in ("include", "include_relative", "include_cached", "render", "partial", "component"):
        kind = next((kind for part in positional[:1] if is_admonition(kind := re.split(r"[./]", part)[-2:][0])), "")
        label = write_admonition(kind, title) if kind and (title or prose) else title
        return " ".join(filter(None, [label, *prose]))
    if is_admonition(name) or name in ("hint", "callout"):
        kind = next((named[key] for key in ("style", "type", "kind") if is_admonition(named.get(key, ""))), name)
        label = write_admonition(kind, title)
        return label if alone else f"{label} "
    if name == "tab" and not title:
        title = positional[-1] if positional else ""
    if name in ("embed", "content-ref", "figure", "file") and not title:
        return named.get("alt", "")
    label = write_label(title) if title and alone else title
    return "\n\n".join(filter(None, [label, *prose])) if alone else " ".join(filter(None, [label, *prose]))


def _read_arguments(text: str) -> tuple[dict[str, str], list[str]]:
    named: dict[str, str] = {}
    positional: list[str] = []
    for argument in _ARGUMENT.finditer(text):
        value = next((part for part in argument.groups()[1:] if part is not None), "")
        if argument[1]:
            named[argument[1]] = value
        else:
            positional.append(value)
    return named, positional
