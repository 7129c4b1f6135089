"""Members of API pages as headings with their signatures as code, below the heading of what they belong to."""

import re
from itertools import pairwise

from vrom.builder.sources.formats.html.rewrite.api.signatures import name_of, read_signature
from vrom.builder.sources.formats.html.tree import HEADINGS, Element, Node, squeeze

_DOMAINS = {"py": "python", "c": "c", "cpp": "cpp", "js": "javascript", "php": "php", "rb": "ruby", "java": "java"}
_OLD_SPHINX = (
    "function", "method", "class", "attribute", "exception", "data", "classmethod", "staticmethod", "describe",
    "module", "decorator", "property", "opcode", "cmdoption", "option", "directive", "role", "setting", "envvar",
    "confval", "macro", "type", "var", "member", "field", "templatetag", "templatefilter",
)  # fmt: skip
_RUSTDOC_IDS = re.compile(
    r"(?:method|tymethod|variant|structfield|associatedtype|associatedconstant|structfield\.\w+|macro)\.([\w.]+?)(?:-\d+)?$"
)
_ONE_MEMBER = ("detail", "tsd-member", "method-detail", "method_details", "memitem", "doc-function", "doc-class")
_HIGHEST = 4
"""Level of the heading of a member, at the highest."""
_LOWEST = 6
_LONGEST_NAME = 120


def write_members(content: Element, language: str) -> None:
    """Give each member a heading and its signature as a `pre` element; `language` is that of the page, if known."""
    boxes = (pair for element in [content, *content.walk()] for pair in pairwise(element.elements()))
    titled = {id(box) for title, box in boxes if title.has_class("memtitle")}
    _Members(language, titled).read(content, 0, 0)


class _Members:
    def __init__(self, language: str, titled: set[int]) -> None:
        self._language, self._titled = language, titled
        self._scopes: list[int] = []
        """For each element around that documents one member: the level of its first heading, 0 before it."""

    def read(self, element: Element, level: int, member: int) -> int:
        """Rewrite what is in an element.

        `level` is the one of the last heading before it, `member` that of the heading of the member around it, or 0.
        Returns the level of the last heading.
        """
        children: list[Node] = []
        for child in element.children:
            if isinstance(child, str):
                children.append(child)
                continue
            if child.tag in HEADINGS:
                level = self._scoped_heading(child, children, level, member)
                continue
            if (
                child.tag == "dl"
                and not child.has_class("field-list", "simple", "glossary")
                and any(_is_signature(term, child) for term in child.elements())
            ):
                children.extend(self._definitions(child, level))
                continue
            found = self._member(child, level)
            children.extend(found)
            inner_member = max(member, _level(found))
            if documents_one := child.has_class(*_ONE_MEMBER):
                self._scopes.append(0)
            last = self.read(child, max(level, inner_member), inner_member) if child.tag != "pre" else level
            if documents_one:
                self._scopes.pop()
            if not found:
                level = last
            if not _is_replaced(child, found):
                children.append(child)
        element.replace_children(children)
        return level

    def _scoped_heading(self, child: Element, children: list[Node], level: int, member: int) -> int:
        if not self._scopes:
            return self._heading(child, children, level, member)
        found = self._heading(child, children, level, max(member, self._scopes[-1]))
        self._scopes[-1] = self._scopes[-1] or found
        return found

    def _heading(self, child: Element, children: list[Node], level: int, member: int) -> int:
        """A heading, which may be a signature; one in a member is lower than the member's own."""
        own = int(child.tag[1])
        if child.has_class("code-header", "signature", "memtitle", "fn") or (
            child.has_class("name") and child.find_class("signature", "type-signature")
        ):
            text = read_signature(child)
            name = _marked_name(child) or name_of(text, self._language)
            if child.has_class("memtitle"):
                name = text.lstrip("◆ ")
            if "impl" in text.split("<")[0].split():  # of rustdoc: a block of members, not one of them
                child.replace_children([Element("code", None, [squeeze(text)])])
                child.tag = "h3"
                children.append(child)
                return 3
            own = (
                min(_LOWEST, max(own, _HIGHEST, member + 1 if member else 0))
                if not child.has_class("memtitle")
                else max(own, 3)
            )
            children.append(_make_heading(own, name))
            if not child.has_class("memtitle"):
                children.append(_make_code(text, self._language))
                children.extend(_aliases(child))
            return own
        if member and own <= member:
            own = member + 1
        if own > _LOWEST:
            children.append(Element("p", None, [Element("strong", None, child.children)]))
            return level
        if name := _name_of_object(child):
            children.extend([_make_heading(own, name), _make_code(read_signature(child), "python")])
            return own
        child.tag = f"h{own}"
        children.append(child)
        return own

    def _member(self, child: Element, level: int) -> list[Node]:
        """The heading and the signature of an element that documents a member; empty for others."""
        if child.tag in ("section", "div", "span", "li", "summary") and (
            found := _RUSTDOC_IDS.match(child.attribute("id"))
        ):
            if child.find_tag(*HEADINGS) is None and child.find_tag("code") is not None:
                return self._make(found[1], read_signature(child), level)
        elif child.has_class("memproto") and child.tag == "div":
            text = re.sub(r"\(\s+", "(", read_signature(child)).replace(" )", ")").replace(" ,", ",")
            code = _make_code(text, "cpp")
            has_title = child.parent is not None and id(child.parent) in self._titled
            return [code] if has_title else [_make_heading(max(3, level), name_of(text, "cpp")), code]
        elif child.tag == "div" and child.has_class("attr") and child.find_class("name", "def"):  # pdoc
            text = read_signature(child)
            is_in_class = child.parent is not None and child.parent.has_class("classattr")
            return self._make(name_of(text, "python"), text, _HIGHEST if is_in_class else _HIGHEST - 1, "python")
        elif child.tag == "p" and child.has_class("src") and child.find_class("def"):  # Haddock
            text = read_signature(child)
            name = child.find_class("def")
            return self._make(squeeze(name.text()) if name else name_of(text, "haskell"), text, level, "haskell")
        elif child.tag == "div" and child.has_class("method-heading", "method-header"):  # RDoc
            text = read_signature(child)
            return self._make(name_of(text, "ruby"), text, level, "ruby")
        return []

    def _make(self, name: str, text: str, level: int, language: str = "") -> list[Node]:
        own = min(_LOWEST, max(_HIGHEST, level + 1))
        return [_make_heading(own, name), _make_code(text, language or self._language)]

    def _definitions(self, entries: Element, level: int) -> list[Node]:
        """A `dl` of members: for each a heading, the signatures as code, and the documentation."""
        own = min(_LOWEST, max(_HIGHEST, level + 1))
        language = next((_DOMAINS[name] for name in _DOMAINS if name in entries.classes), self._domain(entries))
        found: list[Node] = []
        signatures: list[str] = []
        names: list[str] = []
        for child in entries.elements():
            if child.tag == "dt" and (_is_signature(child, entries) or "id" in child.attributes):
                text = read_signature(child)
                name = _name_of_term(child, text, language)
                if name not in names:
                    found.append(_make_heading(own, name))
                    names.append(name)
                signatures.append(text)
                continue
            if signatures:
                found.append(_make_code("\n".join(signatures), language))
                signatures, names = [], []
            if child.tag == "dd":
                child.tag = "div"
            self.read(child, own, own)
            found.append(child)
        if signatures:
            found.append(_make_code("\n".join(signatures), language))
        return found

    def _domain(self, entries: Element) -> str:
        if entries.has_class(
            "std", "rst", "describe", "option", "cmdoption", "confval", "setting", "envvar", "directive", "role"
        ):
            return ""
        return self._language or ("python" if entries.has_class(*_OLD_SPHINX) else "")


def _is_signature(term: Element, entries: Element) -> bool:
    if term.tag != "dt":
        return False
    if term.has_class("sig", "sig-object"):
        return True
    if "id" not in term.attributes:
        return False
    if entries.has_class(*_OLD_SPHINX) and not entries.has_class("docutils"):
        return True
    return term.find_class("descname", "sig-name", "name-def") is not None or (
        term.find(lambda inner: inner.tag == "code" and inner.has_class("name")) is not None  # of pdoc 3
    )


def _name_of_term(term: Element, text: str, language: str) -> str:
    identity = term.attribute("id")
    before, names = _declared_names(term)
    is_option = bool(names) and names[0].startswith(("-", "/", "+"))
    own = ", ".join(names) if is_option else "".join(names[-1:])
    if own:
        full = own if is_option else before + own  # what is before the last option is the first one's argument
        plain = identity.rpartition(".")[2]
        return identity if plain == own.rpartition(".")[2] and " " not in identity else full
    if identity and re.fullmatch(r"[\w.]+", identity):
        return identity
    return name_of(text, language) or identity


def _name_of_object(heading: Element) -> str:
    """The name of an object of mkdocstrings whose heading is its signature; empty for other headings."""
    name = heading.attribute("id").rpartition(".")[2]
    if not heading.has_class("doc-heading") or heading.find_tag("code") is None:
        return ""
    text = squeeze(read_signature(heading))
    return name if name and text.startswith(name) and text != name else ""


def _declared_names(term: Element) -> tuple[str, list[str]]:
    """The names that a signature of Sphinx marks, and what is before the last: options have several, templates too."""
    before = waiting = ""
    names: list[str] = []
    for part in term.walk():
        if part.has_class("descclassname", "sig-prename"):
            waiting = squeeze(part.text())
        elif part.has_class("descname", "sig-name"):
            names.append(squeeze(part.text()))
            before, waiting = waiting, ""
    return before, names


def _marked_name(heading: Element) -> str:
    """The name in bold in a signature of YARD: what is before it is a type or the mark of a method."""
    name = heading.find_tag("strong") if heading.has_class("signature") else None
    return squeeze(name.text()) if name is not None else ""


def _aliases(heading: Element) -> list[Node]:
    """The other names of a member that its heading lists, as a paragraph."""
    aliases = heading.find_class("aliases")
    return [Element("p", None, aliases.children)] if aliases is not None else []


def _make_heading(level: int, name: str) -> Element:
    return Element(f"h{min(_LOWEST, level)}", None, [name[:_LONGEST_NAME]])


def _make_code(text: str, language: str) -> Element:
    return Element("pre", {"data-lang": language} if language else None, [text])


def _level(found: list[Node]) -> int:
    first = found[0] if found else None
    return int(first.tag[1]) if isinstance(first, Element) and first.tag in HEADINGS else 0


def _is_replaced(child: Element, found: list[Node]) -> bool:
    return bool(found) and child.tag in ("section", "div", "span", "li", "summary", "p")
