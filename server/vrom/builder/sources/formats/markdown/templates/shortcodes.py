"""Shortcodes of Hugo and Quarto: `{{< tab name="Linux" >}}`, `{{% alert %}}`."""

import re
from functools import partial

from vrom.builder.sources.formats.markdown.boxes.labels import is_admonition, write_admonition, write_label
from vrom.builder.sources.formats.markdown.lines import is_alone
from vrom.builder.sources.formats.markdown.masked import MaskedText

_TAG = re.compile(
    r"\{\{[<%]-?\s*(?P<closes>/?)\s*(?P<name>[\w./-]*)"
    r"(?P<args>(?:[^{}]|\{(?!\{)|\}(?!\})){0,2000}?)(?P<single>/?)-?[>%]\}\}"
)
_ESCAPED = re.compile(r"(\{\{[<%])/\*(.{0,2000}?)\*/([%>]\}\})", re.DOTALL)
_ARGUMENT = re.compile(
    r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|(\S+))|"([^"]*)"|`([^`]*)`|'([^']*)'|(\S+)"""
)
_CODE = re.compile(
    r"(?:highlight|code|code-?block|prism|mermaid|codeblock|command|console|code-toggle|terminal|shell|source)$"
)
_TEXTS = (
    "title",
    "header",
    "heading",
    "label",
    "name",
    "summary",
    "caption",
    "alt",
    "text",
    "tabName",
    "tab",
    "question",
)
_PROSE = ("subtitle", "description", "desc", "content", "body", "tooltip", "version")
_LABELLED = re.compile(
    r"(?:tab|tabitem|details?|expand|collapse|accordion|step|card|panel|button|spoiler|column|section)"
)
_NAMED = re.compile(r"(?:tabs|tabpane|cards|columns|steps|code-tabs|grid|row|col)$")
_TARGET = re.compile(r"(?:rel)?ref$|relref|absref|absURL|relURL|url|link$", re.IGNORECASE)
_SILENT = re.compile(
    r"(?:include|readfile|read-?file|embed|video|youtube|vimeo|gist|icon|fa|fas|pagebreak|toc|section|children|placeholder"
    r"|figure-?start|comment|lipsum|clear|iframe|rawhtml|codenew|code_sample|asciinema|include-?\w*|img|image-?gallery|iconify)$",
    re.IGNORECASE,
)


def has_shortcodes(text: str) -> bool:
    """True if a text holds a shortcode, code included."""
    return re.search(r"\{\{[<%]", text) is not None


def fence_code(masked: MaskedText) -> None:
    """Take the code between `{{< highlight go >}}` and its end out of the text, as a fence."""
    if not has_shortcodes(masked.text):
        return
    text, written, done = masked.text, [], 0
    opening = None
    for tag in _TAG.finditer(text):
        if opening is None:
            if not tag["closes"] and not tag["single"] and _CODE.match(tag["name"]):
                opening = tag
        elif tag["closes"] and tag["name"] == opening["name"]:
            code = text[opening.end() : tag.start()]
            if "\n" in code.strip("\n") or code.startswith("\n") or opening["name"] == "highlight":
                written += [text[done : opening.start()], _write_code(opening, code, masked)]
                done = tag.end()
            opening = None
    masked.text = "".join([*written, text[done:]])


def _write_code(tag: "re.Match[str]", code: str, masked: MaskedText) -> str:
    named, positional = _read_arguments(tag["args"])
    language = named.get("lang") or named.get("language") or named.get("type") or ""
    if not language and positional and tag["name"] not in ("code-toggle", "mermaid"):
        language = positional[0]
    if tag["name"] == "mermaid":
        language = "mermaid"
    if tag["name"] == "code-toggle":
        language = "toml" if re.search(r"^\s*(?:\[|[\w.-]+\s*=)", code, re.MULTILINE) else "yaml"
    title = (
        named.get("title") or named.get("filename") or (named.get("file", "") if tag["name"] != "code-toggle" else "")
    )
    if not re.fullmatch(r"[\w+#.-]{1,30}", language):
        language = ""
    label = f"{write_label(title)}\n\n" if title else ""
    return masked.take_out_code(code, language, tag.string, tag.start(), label)


def unescape(text: str) -> str:
    """The text with shortcodes that were to be shown, `{{</* note */>}}`, as they are shown."""
    return _ESCAPED.sub(r"\1\2\3", text)


def replace_shortcodes(text: str, mask: "MaskedText") -> str:
    """The text, whose code is masked, with each shortcode replaced by what a reader sees of it."""
    text = _ESCAPED.sub(lambda match: mask.take_out(f"{match[1]}{match[2]}{match[3]}"), text)
    written, done = [], 0
    for tag in _TAG.finditer(text):
        alone = is_alone(text, tag.start(), tag.end(), partial(_TAG.sub, ""))
        written += [text[done : tag.start()], _show(tag, alone=alone)]
        done = tag.end()
    return "".join([*written, text[done:]])


def _show(tag: "re.Match[str]", *, alone: bool) -> str:
    name = tag["name"].rpartition("/")[2]
    if tag["closes"] or not name:
        return ""
    named, positional = _read_arguments(tag["args"])
    if _TARGET.match(name):
        return next(iter([*positional, *(named.get(key, "") for key in ("path", "href", "url", "to"))]), "")
    texts = [named[key] for key in _TEXTS if named.get(key)]
    prose = [named[key] for key in _PROSE if named.get(key) and not _NAMED.match(name)]
    if re.match(r"(?:figure|image|img|picture)$", name):
        return " ".join(dict.fromkeys(named[key] for key in ("title", "caption", "alt") if named.get(key)))
    if is_admonition(name) and not tag["single"]:
        kind = named.get("type") or named.get("color") or named.get("context") or named.get("style") or ""
        kind = next((word for word in [kind, *positional] if is_admonition(word)), "")
        title = texts[0] if texts else next((word for word in positional if word != kind and " " in word), "")
        generic = name.lower() in ("callout", "admonition", "alert", "notice", "aside", "hint")
        return write_admonition(kind if kind and generic else name, title) + ("" if alone else " ")
    if _NAMED.match(name):
        return write_label(named["title"]) if named.get("title") else ""
    if not texts and _LABELLED.match(name):
        texts = [word for word in positional if not _is_setting(word)][:1]
    if re.match(r"(?:new|deprecated|added|since|removed)-?in", name) or name in ("feature-state", "version"):
        words = [*positional, *(value for value in named.values())]
        return write_label(f"{name.replace('-', ' ').replace('_', ' ').capitalize()} {' '.join(words)}".strip())
    if texts:
        shown = texts[0]
        if _SILENT.match(name):
            return shown
        if alone and (_LABELLED.match(name) or not tag["single"]) and "text" not in named:
            shown = write_label(shown)
        return "\n\n".join([shown, *prose]) if alone else " ".join([shown, *prose])
    if prose:
        return "\n\n".join(prose) if alone else " ".join(prose)
    if _SILENT.match(name):
        return ""
    if alone:
        return " ".join(word for word in positional if " " in word)
    return " ".join([*(word for word in positional if not _is_setting(word)), named.get("term_id", "")]).strip()


def _is_setting(word: str) -> bool:
    return word.lower() in ("true", "false", "open", "closed", "left", "right") or "=" in word


def _read_arguments(text: str) -> tuple[dict[str, str], list[str]]:
    named: dict[str, str] = {}
    positional: list[str] = []
    for argument in _ARGUMENT.finditer(text):
        value = next((part for part in argument.groups()[1:] if part is not None), "")
        if argument[1]:
            named[argument[1]] = value
        elif value:
            positional.append(value)
    return named, positional
