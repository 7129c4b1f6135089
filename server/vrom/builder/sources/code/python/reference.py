"""The reference of a Python package as documents: one for each public module, and one for each public class."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vrom.builder.document import Document, Remark, Skipped
from vrom.builder.sources.code.python.annotated_doc import take_docs
from vrom.builder.sources.code.python.api import PublicModule, find_public_members, is_in_source, lists_attributes
from vrom.builder.sources.code.python.docstrings import convert_docstring, write_parameters
from vrom.builder.sources.code.python.interpreter import Asked
from vrom.builder.sources.code.python.signatures import format_class_signature, format_signature
from vrom.builder.sources.code.python.stubs import has_stub
from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.files.read import add_prefix
from vrom.builder.sources.formats.markdown_writer import write_fence

COMPILED = "public name whose documentation is only in compiled code (--import reads it)"
INTERNAL = "name that __all__ doesn't reach"
_MOST_UNDOCUMENTED = 400
"""Functions and attributes of one module or class that are listed by their signature alone."""
_DATA = frozenset((
    "int", "float", "complex", "bool", "str", "bytes", "tuple", "list", "dict", "set", "frozenset", "Final", "Literal",
))  # fmt: skip
"""Types of constants, which have no documentation of their own."""
_SHORTEST_REPEATED = 40
"""Characters from which on the same documentation of several names is written once."""


def list_undocumented(modules: Iterable[PublicModule]) -> Iterator[str]:
    """The dotted names of public objects and their members whose source has no documentation."""
    for module in modules:
        yield from module.unresolved
        for name, member in module.members.items():
            if not member.docstring:
                yield name
            if member.is_class:
                yield from (f"{name}.{own}" for own, one in find_public_members(member) if not one.docstring)


def write_reference(
    modules: Iterable[PublicModule], prefix: str, known: Mapping[str, Asked]
) -> Iterator[Document | Skipped]:
    """The documents of public modules; `known` is what the interpreter says about undocumented names."""
    for module in modules:
        writer = _ModuleWriter(module, prefix, known)
        for name, write in writer.parts():
            try:
                if document := write():
                    yield document
            except Exception as error:  # noqa: BLE001 - of a parser of docstrings; the page is named
                yield Skipped(add_prefix(prefix, name), f"its reader fails: {type(error).__name__}", lost=True)


class _ModuleWriter:
    """Writes the documents of one module."""

    def __init__(self, module: PublicModule, prefix: str, known: Mapping[str, Asked]) -> None:
        self._module, self._prefix, self._known = module, prefix, known
        self._remarks: list[Remark] = []

    def parts(self) -> Iterator[tuple[str, Any]]:
        """The name of each document, and a function that writes it or returns None if there is nothing to say."""
        yield self._module.name, self._write_module
        for name, member in self._module.members.items():
            if member.is_class:
                yield name, lambda name=name, member=member: self._write_class(name, member)

    def _write_module(self) -> Document | None:
        module = self._module
        self._remarks = [Remark(INTERNAL, name) for name in module.internal]
        about = convert_docstring(module.module.docstring) if module.module.docstring else ""
        bare = [(name, one) for name, one in module.members.items() if one.is_class and not self._has_page(name, one)]
        others = [(name, one) for name, one in module.members.items() if not one.is_class]
        sections = self._write_members([*others, *bare], module.name)
        sections += [self._write_unresolved(name, origin) for name, origin in module.unresolved.items()]
        return self._make_document(module.name, [about, *sections]) if about or any(sections) else None

    def _has_page(self, name: str, cls: Any) -> bool:
        """True if there is more to say about a class than its signature."""
        return (
            bool(cls.docstring)
            or name in self._known
            or any(
                member.is_function or member.docstring or lists_attributes(cls, member)
                for _, member in find_public_members(cls)
            )
        )

    def _write_class(self, name: str, cls: Any) -> Document | None:
        if not self._has_page(name, cls):
            return None
        self._remarks = []
        constructor = cls.members.get("__init__")
        documented = take_docs(constructor) if constructor is not None and not constructor.is_alias else {}
        head = write_fence(format_class_signature(name.rpartition(".")[2], cls), "python")
        about = self._describe(name, cls)
        if not about:
            self._note_compiled(name, cls)
        public = [(f"{name}.{own}", member) for own, member in find_public_members(cls) if not member.is_class]
        members = self._write_members(
            [(own, one) for own, one in public if not one.is_attribute or one.docstring or lists_attributes(cls, one)],
            name,
        )
        if not about and not documented and not members:
            return None
        return self._make_document(
            name, [head, self._write_other_names(name), about, write_parameters(documented), *members]
        )

    def _write_members(self, members: Sequence[tuple[str, Any]], holder: str) -> list[str]:
        """A section for each member that is documented or exported, and one with the signatures of the others."""
        sections, signatures = [], []
        described: dict[str, str] = {}
        for name, member in members:
            documented = take_docs(member)
            text = self._describe(name, member, documented)
            is_exported = name in self._module.exported and not member.is_attribute
            call = self._write_signature(name, member)
            if not text and not is_exported:
                signatures.append(call)
                self._note_compiled(name, member)
                continue
            if not text:
                self._note_compiled(name, member)
            first = described.setdefault(text, name) if len(text) >= _SHORTEST_REPEATED else name
            text = text if first == name else f"The same documentation as `{first}`."
            parts = (f"## {name}", write_fence(call, "python"), self._write_other_names(name), text)
            sections.append("\n\n".join(filter(None, parts)))
        if signatures:
            more = len(signatures) - _MOST_UNDOCUMENTED
            kept = [*signatures[:_MOST_UNDOCUMENTED], *([f"# and {more} more"] if more > 0 else [])]
            sections.append(f"## {holder}: without documentation\n\n{write_fence(chr(10).join(kept), 'python')}")
        return sections

    def _describe(self, name: str, member: Any, documented: Mapping[str, str] | None = None) -> str:
        """The documentation of an object as Markdown; empty without any."""
        docstring = member.docstring
        if not docstring and name in self._known:
            docstring = import_extra("griffe", "Documentation of a Python package").Docstring(self._known[name]["doc"])
        texts = [convert_docstring(docstring)] if docstring else []
        if documented:
            texts += documented.values() if member.is_attribute else [write_parameters(documented)]
        return "\n\n".join(filter(None, texts))

    def _write_signature(self, name: str, member: Any) -> str:
        short = name.rpartition(".")[2]
        if member.is_class:
            return format_class_signature(short, member)
        asked = self._known.get(name)
        if asked and member.is_attribute and asked["kind"] == "function":
            return f"{short}{asked['signature'] or '(…)'}"
        return format_signature(short, member)

    def _write_unresolved(self, name: str, origin: str) -> str:
        """The section of an exported name that has no source here."""
        asked, short = self._known.get(name), name.rpartition(".")[2]
        if asked is None:
            is_own = origin.partition(".")[0].lstrip("_") == name.partition(".")[0].lstrip("_")
            if is_own and not is_in_source(self._module.module.package, origin):
                self._remarks.append(Remark(COMPILED, name, lost=True))
            place = origin.rpartition(".")[0]
            return f"## {name}\n\n{write_fence(f'from {place} import {short}', 'python')}"
        docstring = import_extra("griffe", "Documentation of a Python package").Docstring(asked["doc"])
        head = "class " if asked["kind"] == "class" else ""
        call = write_fence(f"{head}{short}{asked['signature']}", "python")
        return f"## {name}\n\n{call}\n\n{convert_docstring(docstring)}"

    def _note_compiled(self, name: str, member: Any) -> None:
        """Note an exported name that only a stub declares, so that its documentation is in compiled code."""
        if name not in self._module.exported or "__" in name or self._known:
            return
        if member.is_attribute and str(member.annotation or "").partition("[")[0].rpartition(".")[2] in _DATA:
            return
        file = member.filepath
        is_stub = getattr(file, "suffix", "") == ".pyi"
        is_filled = member.is_attribute and member.value is None and has_stub(self._module.module)
        if is_stub or is_filled:
            self._remarks.append(Remark(COMPILED, name, lost=True))

    def _write_other_names(self, name: str) -> str:
        others = self._module.others.get(name)
        return f"Also available as {', '.join(f'`{other}`' for other in others[:5])}." if others else ""

    def _make_document(self, name: str, blocks: Sequence[str]) -> Document:
        text = "\n\n".join([f"# {name}", *filter(None, map(str.strip, blocks))]) + "\n"
        return Document(add_prefix(self._prefix, name), text, name, remarks=tuple(self._remarks))
