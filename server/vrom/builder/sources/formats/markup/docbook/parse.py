"""Parse XML of strangers: no network, no files, no entities but the document's own, which are bounded."""

import re
from html.entities import html5
from typing import Any

from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.encodings.decode import UnreadableError

_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]{1,100})\s+(?:"([^"<&%]{0,1000})"|'([^'<&%]{0,1000})')\s*>""")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,2000}(?:\[.{0,200000}?\]\s*)?>", re.DOTALL)
_REFERENCE = re.compile(r"&([A-Za-z_][\w.-]{0,100});")
_PREDEFINED = {"lt", "gt", "amp", "quot", "apos"}
_DEEPEST = 200


def parse_xml(text: str) -> Any:
    """The root element of XML, which may be not well formed. Raises `UnreadableError` if there is none.

    Entities that the document defines as plain text are put in; others stay as their names.
    """
    etree = import_extra("lxml.etree", "Reading DocBook")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, recover=True, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(_put_in_entities(text).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(f"not XML that can be read: {type(error).__name__}") from error
    if root is None:
        raise UnreadableError("XML without an element")
    return root


def _put_in_entities(text: str) -> str:
    """The text without its document type, and with the entities that it defines; names of others in their place."""
    doctype = _DOCTYPE.search(text[:300_000])
    own: dict[str, str] = (
        {name: first or second for name, first, second in _ENTITY.findall(doctype[0])} if doctype else {}
    )
    body = text.replace(doctype[0], "", 1) if doctype else text
    body = re.sub(r"\A\s*<\?xml[^>]{0,200}\?>", "", body)
    body = re.sub(r"<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)[^>]{0,2000}>", "", body)

    def put_in(found: re.Match[str]) -> str:
        name = found[1]
        if name in _PREDEFINED:
            return found[0]
        if name in own:
            return str(own[name]).replace("&", "&amp;").replace("<", "&lt;")
        if f"{name};" in html5:
            return str(html5[f"{name};"]).replace("&", "&amp;").replace("<", "&lt;")
        return name if not name.startswith("sect") else ""

    return str(_REFERENCE.sub(put_in, body))


def find_external_entities(text: str) -> list[str]:
    """Names of entities that stand for other files, and that the text refers to."""
    names = re.findall(r"<!ENTITY\s+([\w.-]{1,100})\s+(?:SYSTEM|PUBLIC)\b", text[:300_000])
    used = set(_REFERENCE.findall(text)) if names else set()
    return [name for name in dict.fromkeys(names) if name in used]


def local_name(element: Any) -> str:
    """The name of an element without its namespace; empty for comments and the like."""
    tag = element.tag
    return str(tag).rpartition("}")[2] if isinstance(tag, str) else ""


def check_depth(root: Any) -> None:
    """Raise `UnreadableError` if elements are nested too deeply."""
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        if depth > _DEEPEST:
            raise UnreadableError(f"more than {_DEEPEST} levels of nested elements")
        waiting += [(child, depth + 1) for child in element]
