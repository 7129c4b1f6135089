"""Names of Sphinx and its extensions: every role and directive in a text is known to docutils before it is parsed."""

import re
from typing import Any

_DIRECTIVE_NAME = re.compile(r"^\s*\.\. (?:\|[^|\n]{1,200}\| )?([\w][\w:+.-]*?) ?::(?:\s|$)", re.MULTILINE)
_ROLE_NAME = re.compile(r":([A-Za-z][\w:+.-]*):`|`:([A-Za-z][\w:+.-]*):")


def accept_unknown_names(text: str) -> None:
    """Register lenient forms of the roles and directives in a text that docutils doesn't know, or is strict in."""
    from docutils.parsers.rst import directives, languages, roles
    from docutils.utils import Reporter

    from vrom.builder.sources.formats.restructured_text.directives import lenient_directive, tolerant_directive
    from vrom.builder.sources.formats.restructured_text.roles import LENIENT, lenient_role

    language = languages.get_language("en")
    silent = Reporter("", 5, 5)
    for name in dict.fromkeys(found.lower() for found in _DIRECTIVE_NAME.findall(text)):
        known = None if name in REPLACED else _find_built_in(directives, language.directives, name)
        directives.register_directive(name, tolerant_directive(known) if known else lenient_directive())
    for name in dict.fromkeys((found or other).lower() for found, other in _ROLE_NAME.findall(text)):
        found, _ = roles.role(name, language, 0, silent)
        if found is None or name in LENIENT:
            roles.register_local_role(name, lenient_role)


def _find_built_in(directives: Any, names: Any, name: str) -> Any:
    """The directive of docutils itself, which may have been registered in a tolerant form before."""
    import importlib

    found = directives._directive_registry.get(names.get(name, name))
    if not isinstance(found, tuple):
        return getattr(found, "built_in", None)
    module, class_name = found
    return getattr(importlib.import_module(f"docutils.parsers.rst.directives.{module}"), class_name)


REPLACED = {"code-block", "sourcecode", "code", "contents", "include", "raw", "class", "date", "role", "default-role"}
REPLACED |= {"sectnum", "section-numbering", "highlight"}
"""Directives of docutils that are read as Sphinx or this package reads them."""
