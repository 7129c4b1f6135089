"""Lenient roles and directives of Sphinx and its extensions, interpreted by name or replaced by their content."""

import re
from typing import Any

_DIRECTIVE_NAME = re.compile(r"^\s*\.\. ([\w][\w:+.-]*?)::(?:\s|$)", re.MULTILINE)
_ROLE_NAME = re.compile(r":([A-Za-z][\w:+.-]*):`")


def accept_unknown_names(text: str) -> None:
    """Register the roles and directives in a text that docutils doesn't know, and replace those in `_REPLACED`."""
    from docutils.parsers.rst import directives, languages, roles
    from docutils.utils import Reporter

    language = languages.get_language("en")
    for name in dict.fromkeys(found.lower() for found in _DIRECTIVE_NAME.findall(text)):
        known = name in language.directives or name in directives._directive_registry
        if name in _REPLACED or not known:
            directives.register_directive(name, _lenient_directive())
    silent = Reporter("", 5, 5)
    for name in dict.fromkeys(found.lower() for found in _ROLE_NAME.findall(text)):
        found, _ = roles.role(name, language, 0, silent)
        if found is None:
            roles.register_local_role(name, _lenient_role)


_REPLACED = {"code-block", "sourcecode", "code", "contents", "include", "raw", "csv-table", "class"}
_CODE = {"code-block", "sourcecode", "code", "prompt", "testcode", "testoutput", "doctest", "ipython", "parsed-literal"}
_CODE |= {"testsetup", "autocodeblock", "console", "terminal", "code-cell", "ipython3"}
_DROPPED = {"toctree", "index", "contents", "highlight", "currentmodule", "module", "py:module", "py:currentmodule"}
_DROPPED |= {"include", "raw", "literalinclude", "meta", "testsetup", "testcleanup", "only-latex", "tabularcolumns"}
_DROPPED |= {"role", "default-role", "sectionauthor", "codeauthor", "rubric-none", "autosummary", "automodule"}
_OBJECT = re.compile(
    r"(?:(?:py|c|cpp|js|rst|std):)?(?:class|function|method|classmethod|staticmethod|attribute|property|data|exception"
    r"|decorator|decoratormethod|envvar|option|describe|object|confval|program|cmdoption|type|macro|member|var|struct"
    r"|auto\w+)$"
)
_TARGET = re.compile(r"^(.*?)\s*<([^<>]*)>$", re.DOTALL)


def _lenient_role(name: str, rawtext: str, text: str, *_: Any, **__: Any) -> tuple[list[Any], list[Any]]:
    """Any role as its text: ``:class:`~lib.Trainer``` shows `Trainer`, ``:ref:`the guide <guide>``` shows the guide."""
    from docutils import nodes, utils

    text = utils.unescape(text)
    titled = _TARGET.match(text)
    shown = titled[1] if titled and titled[1] else text
    prose = name.split(":")[-1] in ("ref", "doc", "term", "any", "abbr", "numref", "guilabel", "menuselection", "dfn")
    if prose or titled:
        return [nodes.inline(rawtext, shown)], []
    shown = shown.lstrip("!")
    return [nodes.literal(rawtext, shown.rpartition(".")[2] if shown.startswith("~") else shown)], []


class _AnyOptions(dict[str, Any]):
    """Option spec that accepts any option name and keeps the argument unchanged."""

    def __getitem__(self, key: str) -> Any:
        return lambda argument: argument

    def __bool__(self) -> bool:
        return True


def _lenient_directive() -> Any:
    """A directive interpreted by its name: code, an object with its signature, a note, or a container."""
    from docutils.parsers.rst import Directive

    features = {"optional_arguments": 1, "final_argument_whitespace": True, "has_content": True}
    return type("LenientDirective", (Directive,), {**features, "option_spec": _AnyOptions(), "run": _run})


def _run(directive: Any) -> list[Any]:
    from docutils import nodes

    name = directive.name.lower()
    argument = " ".join(directive.arguments[0].split()) if directive.arguments else ""
    if name in _DROPPED:
        return []
    if name in _CODE:
        language = argument.split()[0] if argument else _LANGUAGES.get(name, "")
        code = "\n".join(directive.content)
        return [nodes.literal_block(code, code, language=language)] if code else []
    content = nodes.container()
    directive.state.nested_parse(directive.content, directive.content_offset, content)
    if _OBJECT.match(name):
        head = [nodes.literal_block(argument, argument, language="python")] if argument else []
    else:
        head = _label(directive, name, argument)
    return [*head, *content.children]


def _label(directive: Any, name: str, argument: str) -> list[Any]:
    """The title of a note or tab; for `.. versionadded:: 2.0 Text`, also the text."""
    from docutils import nodes

    title, _, text = argument.partition(" ") if name in _ADMONITIONS else (argument, "", "")
    words = " ".join(filter(None, [_ADMONITIONS.get(name, ""), title]))
    if not words:
        return []
    parsed, _ = directive.state.inline_text(text, directive.lineno)
    return [nodes.paragraph("", "", nodes.strong("", words), *([nodes.Text(" — ")] if text else []), *parsed)]


_LANGUAGES = {
    "console": "console",
    "terminal": "console",
    "prompt": "console",
    "ipython": "python",
    "doctest": "python",
}
_LANGUAGES |= {"testcode": "python", "ipython3": "python", "code-cell": "python"}
_ADMONITIONS = {
    "versionadded": "Added in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
    "seealso": "See also",
    "todo": "To do",
}
