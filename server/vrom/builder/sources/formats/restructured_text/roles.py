"""Roles of Sphinx and its extensions, as text."""

import re
from typing import Any

LENIENT = {"code", "raw", "pep", "rfc", "pep-reference", "rfc-reference"}
"""Roles of docutils that are read as those of Sphinx."""

_PROSE = {"ref", "doc", "term", "any", "abbr", "numref", "guilabel", "menuselection", "dfn", "download", "index"}
_PROSE |= {"fa", "fas", "fab", "octicon", "icon", "bdg", "user", "underline", "del"}
_TARGET = re.compile(r"^(.*?)\s*<([^<>]*)>$", re.DOTALL)
_IN_SCOPE = re.compile(r"\.[A-Z]\w*(?:\.\w+)*(?:\(\))?")
"""A class that is looked for in every module: `.Session.close`."""
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def lenient_role(
    name: str, rawtext: str, text: str, _lineno: int, inliner: Any, *_: Any, **__: Any
) -> tuple[list[Any], list[Any]]:
    """Any role as its text: ``:class:`~lib.Trainer``` shows `Trainer`, ``:ref:`the guide <guide>``` shows the guide."""
    from docutils import nodes, utils

    text, kind = utils.unescape(text), name.split(":")[-1].lower()
    if kind in _DOCUMENTS:
        return [_link_document(rawtext, text, *_DOCUMENTS[kind])], []
    if "raw" in kind or "html" in kind:
        return [nodes.inline(rawtext, _TAG.sub("", text))], []
    if kind in ("kbd", "samp", "file"):
        return [nodes.literal(rawtext, text.replace("{", "").replace("}", "") if kind != "kbd" else text)], []
    if kind in ("menuselection", "guilabel"):
        return [nodes.strong(rawtext, re.sub(r"&(?=\w)", "", text.replace("-->", "‣")))], []
    titled = _TARGET.match(text)
    shown = titled[1] if titled and titled[1] else text
    if kind == "ref" and shown is text:
        shown = getattr(inliner.document, "vrom_labels", {}).get(text.lower(), text)
    if kind in _PROSE or kind.startswith("bdg") or (titled and titled[1]):
        return [nodes.inline(rawtext, shown)], []
    return [nodes.literal(rawtext, show_target(shown))], []


_DOCUMENTS = {
    "pep": ("PEP", "https://peps.python.org/pep-{:0>4}/"),
    "rfc": ("RFC", "https://datatracker.ietf.org/doc/html/rfc{}"),
}
_DOCUMENTS |= {f"{kind}-reference": about for kind, about in _DOCUMENTS.items()}


def _link_document(rawtext: str, text: str, series: str, address: str) -> Any:
    """A link to a numbered document: ``:rfc:`9110#section-9``` or ``:pep:`the style guide <8>```."""
    from docutils import nodes

    titled = _TARGET.match(text)
    number, _, anchor = (titled[2] if titled else text).strip().partition("#")
    shown = titled[1] if titled and titled[1] else f"{series} {number}"
    if not number.isdecimal():
        return nodes.inline(rawtext, shown)
    return nodes.reference(rawtext, shown, refuri=address.format(number) + (f"#{anchor}" if anchor else ""))


_LABEL = re.compile(
    r"^\.\. _`?(?P<label>[^:`\n]{1,200})`?:[ \t]*\n(?:[ \t]*\n|\.\. [^\n]*\n){0,10}"
    r"(?:(?P<over>[^\w\s])(?P=over){2,}[ \t]*\n)?[ \t]?(?P<title>\S[^\n]{0,200})\n"
    r"(?P<under>[^\w\s])(?P=under){2,}[ \t]*$",
    re.MULTILINE,
)
_ROLE = re.compile(r":[a-zA-Z][\w:+.-]*:(?=`)|`")


def find_labels(text: str) -> dict[str, str]:
    """The titles that labels of a page (`.. _label:`) lie above, which Sphinx shows for ``:ref:`label```."""
    return {found["label"].strip().lower(): _ROLE.sub("", found["title"].strip()) for found in _LABEL.finditer(text)}


def show_target(text: str) -> str:
    """What Sphinx shows of a reference's target: of `~a.b.c` the last part, of `!a.b` and `.A.b` all but the mark."""
    shown = text.removeprefix("!")
    if shown.startswith("~"):
        return shown[1:].rpartition(".")[2]
    return shown[1:] if _IN_SCOPE.fullmatch(shown) else shown


def show_reference(text: str) -> str:
    """What Sphinx shows of text between single backticks: of `title <target>` the title, if a role makes it a link."""
    titled = _TARGET.match(text)
    return titled[1] if titled and titled[1] and "." in titled[2] else show_target(text)
