"""Parse type declarations, by tree-sitter, into scopes."""

import re
from dataclasses import dataclass
from typing import Any

from vrom.builder.sources.code.javascript.scope import Declaration, Kind, Reference, Scope
from vrom.builder.sources.code.syntax import parse_bytes

SECONDS = 5.0
"""Maximum time to parse one file; 1 MB of declarations takes a quarter of a second."""

DEEPEST_NAMESPACE = 8
"""Maximum nesting of namespaces; what lies deeper is left out."""

UNNAMED = "_anonym"
"""Local name of a function without one, which only a default export can be."""

_KINDS: dict[str, Kind] = {
    "function_signature": "function",
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "interface_declaration": "interface",
    "type_alias_declaration": "type",
    "enum_declaration": "enum",
}
_REFERENCE_PATH = re.compile(r'^///\s*<reference\s+path="([^"\n]{1,300})"')
_ABOUT = re.compile(r"@(?:module|packageDocumentation|fileoverview|file)\b")


def parse_declarations(text: str, file: str) -> tuple[Scope, int]:
    """The scope of a declaration file, and the line of its first syntax error, 0 if it has none.

    Raises `UnreadableError` if parsing takes more than `SECONDS`.
    """
    source = text.encode("utf-8", "replace")
    masked = _mask(source)
    root = parse_bytes("typescript", masked, SECONDS, 65_536)
    scope = Scope(file)
    _Reader(source, masked).read_body(root, scope)
    return scope, _find_error(root)


def _mask(source: bytes) -> bytes:
    """Declarations with syntax that the grammar lacks replaced, byte for byte, by syntax that it has."""
    masked = re.sub(rb"(?<=[<,\n])([ \t]{0,80})((?:in |out ){1,2})(?=[A-Z_$])", _blank, source)
    masked = re.sub(rb"\bimport\(([\"'])[^\"'\n()]{1,500}\1\)", lambda found: b"_" * len(found[0]), masked)
    masked = re.sub(rb"\bexport type \*", b"export      *", masked)
    return re.sub(
        rb"\bexport default function( ?)(?=[(<])",
        lambda found: b"export function " + UNNAMED.encode() + b" " * len(found[1]),
        masked,
    )


def _blank(found: "re.Match[bytes]") -> bytes:
    return found[1] + b" " * len(found[2])


def _find_error(node: Any) -> int:
    """Line of the first syntax error."""
    while node.has_error:
        inner = next((one for one in node.children if one.has_error or one.is_missing or one.is_error), None)
        if inner is None or inner.is_missing or inner.is_error:
            return int((inner or node).start_point.row) + 1
        node = inner
    return 0


@dataclass(frozen=True)
class _Reader:
    """Reader of the statements of one file."""

    source: bytes
    masked: bytes

    def read_body(self, body: Any, scope: Scope, depth: int = 0) -> None:
        """Read the statements of a file or of a block into a scope."""
        comment = ""
        for node in _list_statements(body):
            if node.type == "comment":
                text = self._text(node)
                if found := _REFERENCE_PATH.match(text):
                    scope.paths.append(found[1])
                elif text.startswith("/**"):
                    scope.about = scope.about or (text if _ABOUT.search(text) else "")
                    comment = "" if text == scope.about else text
                continue
            self._read_statement(node, scope, comment, depth)
            comment = ""
        if depth and not scope.has_marks:  # within a namespace, everything is exported
            for name in [*scope.declarations, *scope.namespaces]:
                scope.exports.setdefault(name, Reference("", name))

    def _read_statement(self, node: Any, scope: Scope, comment: str, depth: int) -> None:
        if node.type == "export_statement":
            self._read_export(node, scope, comment, depth)
        elif node.type == "import_statement":
            self._read_import(node, scope)
        elif node.type == "import_alias":
            name, target = node.named_children[:2]
            scope.imports[self._text(name)] = Reference("", self._text(target))
        else:
            self._declare(node, scope, comment, depth)

    def _declare(self, node: Any, scope: Scope, comment: str, depth: int) -> list[str]:
        """Add the names that a statement declares to a scope, and return them."""
        if node.type in ("ambient_declaration", "expression_statement"):
            inner = [one for one in node.named_children if one.type != "comment"]
            return self._declare(inner[0], scope, comment, depth) if inner else []
        if node.type in ("module", "internal_module"):
            return self._read_namespace(node, scope, comment, depth)
        if node.type in ("lexical_declaration", "variable_declaration"):
            keyword = node.children[0].type
            variables = [one for one in node.named_children if one.type == "variable_declarator"]
            return [self._add(scope, "const", one, comment, keyword) for one in variables]
        kind = _KINDS.get(node.type)
        return [self._add(scope, kind, node, comment)] if kind and node.child_by_field_name("name") else []

    def _add(self, scope: Scope, kind: Kind, node: Any, comment: str, prefix: str = "") -> str:
        name = self._text(node.child_by_field_name("name"), self.masked)
        source = self.masked if name == UNNAMED else self.source
        scope.declarations.setdefault(name, []).append(Declaration(kind, node, source, comment, prefix, scope.imports))
        return name

    def _read_namespace(self, node: Any, scope: Scope, comment: str, depth: int) -> list[str]:
        label, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if label is None or body is None or depth >= DEEPEST_NAMESPACE:
            return []
        is_module = label.type == "string"
        name = self._text(label).strip("'\"")
        inner = (scope.modules if is_module else scope.namespaces).setdefault(name, Scope(scope.file, scope))
        if not inner.about and not is_module:
            inner.about = comment
        self.read_body(body, inner, depth + 1)
        return [] if is_module else [name]

    def _read_export(self, node: Any, scope: Scope, comment: str, depth: int) -> None:
        source = self._specifier(node)
        marks = {child.type for child in node.children}
        names = [one for one in node.named_children if one.type not in ("string", "comment", "ERROR")]
        inner = names[0] if names else None
        if inner is None:
            if "*" in marks and source:
                scope.stars.append(source)
        elif inner.type == "namespace_export":
            scope.exports[self._text(inner.named_children[0]).strip("'\"")] = Reference(source, "*")
        elif inner.type == "export_clause":
            scope.has_marks = True
            for name, alias in self._list_specifiers(inner, "export_specifier"):
                scope.exports[alias] = Reference(source, name)
        elif inner.type in ("identifier", "nested_identifier", "member_expression"):
            if "namespace" not in marks:  # `export as namespace` names a global
                scope.has_marks = True
                scope.exports["=" if "=" in marks else "default"] = Reference("", self._text(inner))
        elif inner.type == "import_alias":
            self._read_statement(inner, scope, comment, depth)
            name = self._text(inner.named_children[0])
            scope.exports[name] = Reference("", name)
        else:
            for name in self._declare(inner, scope, comment, depth):
                is_default = "default" in marks or name == UNNAMED
                scope.exports["default" if is_default else name] = Reference("", name)

    def _read_import(self, node: Any, scope: Scope) -> None:
        source = self._specifier(node)
        for clause in node.named_children:
            if clause.type == "import_require_clause":
                source = self._specifier(clause)
                scope.imports[self._text(clause.named_children[0])] = Reference(source, "=")
            for part in clause.named_children if clause.type == "import_clause" else ():
                if part.type == "identifier":
                    scope.imports[self._text(part)] = Reference(source, "default")
                elif part.type == "namespace_import":
                    scope.imports[self._text(part.named_children[0])] = Reference(source, "*")
                else:
                    for name, alias in self._list_specifiers(part, "import_specifier"):
                        scope.imports[alias] = Reference(source, name)

    def _list_specifiers(self, clause: Any, kind: str) -> list[tuple[str, str]]:
        """Names and aliases in `{ a, b as c }`."""
        found: list[tuple[str, str]] = []
        for one in clause.named_children:
            names = [self._text(part).strip("'\"") for part in one.named_children if part.type != "comment"]
            if one.type == kind and names:
                found.append((names[0], names[-1]))
        return found

    def _specifier(self, node: Any) -> str:
        """The module that a statement imports from or exports from; empty if none."""
        found = next((one for one in node.named_children if one.type == "string"), None)
        return self._text(found).strip("'\"") if found else ""

    def _text(self, node: Any, source: bytes | None = None) -> str:
        return (source or self.source)[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _list_statements(body: Any) -> list[Any]:
    """The statements of a body; those that a syntax error encloses as well."""
    found: list[Any] = []
    for node in body.named_children:
        found += node.named_children if node.is_error else [node]
    return found
