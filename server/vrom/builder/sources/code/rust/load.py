"""The modules of a crate from the files of its source, without expanding macros."""

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.builder.document import Skipped
from vrom.builder.sources.code.rust.attributes import Attributes
from vrom.builder.sources.code.rust.declarations import is_public, list_declarations, read_inner_attributes
from vrom.builder.sources.code.rust.model import Item, Module
from vrom.builder.sources.code.rust.uses import list_uses
from vrom.builder.sources.code.source_folder import SourceFolder
from vrom.builder.sources.code.syntax import find_first_error, parse, text_of
from vrom.builder.sources.code.texts import find_texts
from vrom.builder.sources.formats.encodings.decode import UnreadableError

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST_MODULE = 32
"""Maximum nesting of modules."""
_ITEMS = {
    "struct_item",
    "enum_item",
    "union_item",
    "trait_item",
    "function_item",
    "function_signature_item",
    "const_item",
    "static_item",
    "type_item",
    "macro_definition",
}


class CrateLoader:
    """Reads the files of a crate, each at most once."""

    def __init__(self, folder: SourceFolder) -> None:
        self.folder = folder
        self.modules: list[Module] = []
        self.skipped: list[Skipped] = []
        self._texts = {folder.name(text) for text in find_texts(folder)}
        self._files: dict[Path, Module] = {}
        self._waiting: deque[tuple[Module, Node, Path, int]] = deque()

    def load(self, library: Path, name: str) -> Module:
        """The root module, with all modules below it."""
        root = Module(name, None, library.parent)
        self._open_file(root, library, 0)
        while self._waiting:
            self._fill(*self._waiting.popleft())
        return root

    def _include(self, file: Path) -> str:
        """A text included as documentation; empty if it is a document of its own, or can't be read."""
        try:
            return "" if self.folder.name(file) in self._texts else self.folder.read(file)
        except UnreadableError:
            return ""

    def _open_file(self, module: Module, file: Path, depth: int) -> None:
        name = self.folder.name(file)
        known = self._files.setdefault(file, module)
        if known is not module:
            if (known.name, known.parent) == (module.name, module.parent):  # `mod` for each of two features
                known.is_public |= module.is_public
                return
            self.skipped.append(Skipped(name, f"is read once, but module {module.name} is in it, too"))
            return
        try:
            root = parse("rust", self.folder.read(file))
        except UnreadableError as error:
            self.skipped.append(Skipped(name, str(error)))
            return
        if line := find_first_error(root):
            self.skipped.append(Skipped(name, f"line {line} is not understood; items near it may be missing"))
        self._waiting.append((module, root, file, depth))

    def _fill(self, module: Module, container: "Node", file: Path, depth: int) -> None:
        def include(name: str) -> str:
            return self._include(file.parent / name)

        self.modules.append(module)
        inner = read_inner_attributes(container, include)
        module.attributes.docs = "\n\n".join(filter(None, [module.attributes.docs, inner.docs]))
        module.attributes.is_hidden |= inner.is_hidden
        for node, attributes in list_declarations(container, include):
            name = text_of(node.child_by_field_name("name")).removeprefix("r#")
            if node.type == "mod_item":
                self._add_module(module, node, Module(name, module, module.folder / name), attributes, file, depth + 1)
            elif node.type == "use_declaration":
                public = is_public(node) and not attributes.is_hidden
                module.uses += list_uses(node, is_public=public)
            elif node.type == "impl_item" and not attributes.is_hidden:
                module.impls.append(node)
            elif node.type in _ITEMS and name:
                module.items.append(Item(name, node, attributes, is_public(node)))

    def _add_module(
        self, parent: Module, node: "Node", module: Module, attributes: Attributes, file: Path, depth: int
    ) -> None:
        if attributes.is_hidden and not is_public(node):
            return  # tests
        module.is_public, module.attributes = is_public(node), attributes
        body = node.child_by_field_name("body")
        if depth > DEEPEST_MODULE:
            self.skipped.append(Skipped(self.folder.name(file), f"modules nested more than {DEEPEST_MODULE} deep"))
            return
        parent.modules.append(module)
        if body is not None:
            self._waiting.append((module, body, file, depth))
            return
        found = self._find_file(parent, module, attributes.path, file)
        if found is None:
            self.skipped.append(Skipped(self.folder.name(file), f"the file of module {module.name} is missing"))
        else:
            self._open_file(module, found, depth)

    def _find_file(self, parent: Module, module: Module, path: str, file: Path) -> Path | None:
        """The file of a module; with a path in an attribute, it is relative to the file that declares it."""
        if path:
            given = file.parent / path
            module.folder = given.parent
            return given if self.folder.has_file(given) or not self.folder.contains(given) else None
        choices = [parent.folder / f"{module.name}.rs", parent.folder / module.name / "mod.rs"]
        return next((choice for choice in choices if self.folder.has_file(choice)), None)
