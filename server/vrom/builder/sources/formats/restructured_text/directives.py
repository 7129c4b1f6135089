"""Lenient directives: those of Sphinx and its extensions, interpreted by name or replaced by their content."""

import re
from collections.abc import Sequence
from typing import Any

from vrom.builder.document import Remark
from vrom.builder.sources.formats.restructured_text.code import CODE, read_raw, write_code, write_tab
from vrom.builder.sources.formats.restructured_text.objects import (
    describe_object,
    find_name,
    holds_members,
    split_object,
)

_DROPPED = {"toctree", "index", "contents", "currentmodule", "module", "py:module", "py:currentmodule", "js:module"}
_DROPPED |= {"include", "literalinclude", "meta", "tabularcolumns", "role", "default-role", "sectionauthor", "program"}
_DROPPED |= {"codeauthor", "currentlibrary", "std:program", "cpp:namespace", "cpp:namespace-push", "c:namespace"}
_DROPPED |= {"cpp:namespace-pop", "c:namespace-pop", "thebe-button", "inheritance-diagram", "moduleauthor", "no-index"}
_DROPPED |= {"genindex", "modindex", "todolist", "image-sg", "minigallery", "bibliography", "date", "tocdepth"}
_DROPPED |= {"sectnum", "section-numbering"}
_FROM_CODE = re.compile(
    r"auto(?!number)\w+|autosummary|doxygen\w+|argparse|click|autoprogram|openapi|swagger(?:v2doc)?|program-output"
    r"|command-output|automodapi|automodsumm|sphinx_argparse_cli|typer|ansible-?autoplugin"
)
"""Directives that Sphinx fills from source code or a program."""
_TARGETS = {"setting", "templatetag", "templatefilter", "fieldlookup", "signal", "envvar"}
"""Objects that some projects only use as targets of links, above a title of the same name."""
_TITLE_BORDER = re.compile(r"\s*(?:\^{3,}|\+{3,})\s*$")

_ADMONITIONS = {
    "versionadded": "Added in version",
    "version-added": "Added in version",
    "versionchanged": "Changed in version",
    "version-changed": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
    "version-deprecated": "Deprecated since version",
    "deprecated-removed": "Deprecated since version",
    "seealso": "See also",
    "todo": "To do",
}
_WEB = {"html", "dirhtml", "builder_html", "builder_dirhtml", "format_html"}
_NO_WEB = {"latex", "man", "texinfo", "text", "epub", "gettext", "singlehtml", "pdf", "builder_latex", "builder_epub"}


class _AnyOptions(dict[str, Any]):
    """Option spec that accepts any option name, and keeps the argument unchanged if it isn't valid."""

    def __init__(self, known: Any = None) -> None:
        super().__init__(known or {})

    def __getitem__(self, key: str) -> Any:
        convert = self.get(key)

        def lenient(argument: str | None) -> Any:
            try:
                return convert(argument) if convert else argument
            except (ValueError, TypeError):
                return None

        return lenient

    def __bool__(self) -> bool:
        return True


def tolerant_directive(built_in: Any) -> Any:
    """A directive of docutils that ignores options it doesn't know, such as those that Sphinx adds."""

    def run(self: Any) -> Any:
        self.options = {key: value for key, value in self.options.items() if value is not None or key not in known}
        return built_in.run(self)

    known = dict(built_in.option_spec or {})
    return type("TolerantDirective", (built_in,), {"option_spec": _AnyOptions(known), "built_in": built_in, "run": run})


def lenient_directive() -> Any:
    """A directive interpreted by its name: code, an object with its signature, a note, or a container."""
    from docutils.parsers.rst import Directive

    features = {"optional_arguments": 1, "final_argument_whitespace": True, "has_content": True}
    return type("LenientDirective", (Directive,), {**features, "option_spec": _AnyOptions(), "run": _run})


def _run(directive: Any) -> list[Any]:
    from docutils import nodes

    name = directive.name.lower()
    document = directive.state.document
    argument = " ".join(directive.arguments[0].split()) if directive.arguments else ""
    if name in ("highlight", "highlightlang"):
        return [nodes.comment("", "", language=argument.split()[0] if argument else "")]
    if name == "default-domain":
        document.vrom_domain = argument
        return []
    if name == "raw":
        return read_raw(directive, argument)
    if name in ("code-tab", "code"):
        return write_tab(directive, argument) if name == "code-tab" else write_code(directive, name, argument)
    if name in CODE:
        return write_code(directive, name, argument)
    if name == "only" and not _is_for_web(argument):
        document.vrom_remarks.append(Remark("parts that are only for print", f".. only:: {argument}"))
        return []
    found = split_object(name, document.vrom_domain)
    if found and not (name in _TARGETS and not directive.content):
        return _describe(directive, *found)
    if name in _TARGETS or name in _DROPPED:
        return []
    if _FROM_CODE.fullmatch(name.partition(":")[2] or name):
        example = f".. {name}:: {argument}".rstrip()
        document.vrom_remarks.append(Remark("reference from source code not included", example, lost=True))
        content = parse_content(directive) if name != "autosummary" else []
        if not content:
            return []
        title = nodes.title("", "", nodes.literal(argument, find_name(argument, "py", "")))
        return [nodes.section("", title, *content, names=[])] if argument else content
    if name == "glossary":
        directive.content = _join_terms(directive.content)
    if name in (
        "only",
        "ifconfig",
        "class",
        "grid",
        "tabs",
        "tab-set",
        "ifversion",
        "container",
        "cssclass",
        "rst-class",
    ):
        return parse_content(directive)
    return [*_label(directive, name, argument), *parse_content(directive)]


def parse_content(directive: Any) -> list[Any]:
    """The parsed content of a directive, in which titles are allowed."""
    from docutils import nodes

    lines = [number for number, line in enumerate(directive.content) if _TITLE_BORDER.match(line)]
    if "card" in directive.name:
        for number in lines:
            directive.content[number] = ""  # between the header, body and footer of a card
    memo = directive.state.memo
    styles, level = memo.title_styles, memo.section_level
    memo.title_styles, memo.section_level = [], 0
    section = nodes.section()
    try:
        directive.state.nested_parse(directive.content, directive.content_offset, section, match_titles=True)
    finally:
        memo.title_styles, memo.section_level = styles, level
    return list(section.children)


def _describe(directive: Any, domain: str, kind: str) -> list[Any]:
    document = directive.state.document
    argument = directive.arguments[0] if directive.arguments else ""
    holds = holds_members(domain, kind) and argument.strip()
    if holds:
        holder = find_name(" ".join(argument.split("\n")[0].split()), domain, kind)
        document.vrom_holders.append(holder)
    try:
        content = parse_content(directive)
    finally:
        if holds:
            document.vrom_holders.pop()
    return describe_object(directive, domain, kind, content)


def _is_for_web(expression: str) -> bool:
    """True unless an expression of tags, as of `only`, is false for HTML; an unknown tag counts as set."""
    alternatives = re.split(r"\bor\b", re.sub(r"[()]", " ", expression))
    return any(all(map(_is_set, re.split(r"\band\b", alternative))) for alternative in alternatives)


def _is_set(term: str) -> bool:
    *before, tag = term.split() or [""]
    if tag not in _NO_WEB | _WEB:
        return True  # a tag that is given to Sphinx when it is run
    return (tag in _WEB) != (before.count("not") % 2 == 1)


def _join_terms(content: Any) -> Any:
    """The lines of a glossary, with terms of one definition on one line, as docutils wants them."""
    lines: list[str] = []
    for line in content:
        is_term = bool(line[:1].strip()) and not line.startswith("..")
        if is_term and lines and lines[-1][:1].strip():
            lines[-1] += f", {line}"
        else:
            lines.append(line)
    return type(content)(lines, "glossary")


def _label(directive: Any, name: str, argument: str) -> Sequence[Any]:
    """The title of a note or tab; for `.. versionadded:: 2.0 Text`, also the text."""
    from docutils import nodes

    title, _, text = argument.partition(" ") if name in _ADMONITIONS else (argument, "", "")
    if name in ("seealso", "todo"):
        title, text = "", argument
    if name == "deprecated-removed":
        removed, _, text = text.partition(" ")
        title += f", removed in {removed}"
    words = " ".join(filter(None, [_ADMONITIONS.get(name, ""), title]))
    if not words:
        return []
    parsed, messages = directive.state.inline_text(text, directive.lineno)
    shown, more = directive.state.inline_text(words, directive.lineno)
    lead = [nodes.Text(" — ")] if text else []
    return [nodes.paragraph("", "", nodes.strong("", "", *shown), *lead, *parsed), *messages, *more]
