"""Descriptions of objects, such as `.. py:method:: get(key)`: a section, with the signature as code."""

import re
from collections.abc import Sequence
from typing import Any

_PYTHON = {"function", "class", "method", "classmethod", "staticmethod", "attribute", "property", "data", "exception"}
_PYTHON |= {"decorator", "decoratormethod", "coroutinefunction", "coroutinemethod", "abstractmethod", "awaitablemethod"}
_PYTHON |= {"awaitablefunction", "interface"}
_C = {
    "function",
    "type",
    "macro",
    "member",
    "var",
    "struct",
    "union",
    "enum",
    "enumerator",
    "class",
    "concept",
    "alias",
}
_C |= {"expr", "namespace-push", "enum-class", "enum-struct"}
_HTTP = {"get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "any", "copy"}
_NAMED = {"envvar", "option", "cmdoption", "describe", "object", "confval", "setting", "templatetag", "templatefilter"}
_NAMED |= {"django-admin", "django-admin-option", "fieldlookup", "signal", "command", "opcode", "pdbcommand", "config"}
_NAMED |= {"directive", "role", "monitoring-event", "ansibleoption", "rst:directive:option", "directive:option"}

_LANGUAGES = {"py": "python", "c": "c", "cpp": "cpp", "js": "javascript"}
_HOLDERS = {"class", "exception", "struct", "union", "enum", "interface", "enum-class", "enum-struct"}
_PREFIXES = ("class", "exception", "async", "abstract", "classmethod", "staticmethod", "static", "final", "property")
_NAME = re.compile(r"[^\s(\[=]+(?:\[\])?(?=\s*(?:\(|\[|=|:|->|$))")
_C_NAME = re.compile(r"(?:operator\s*\S+?|~?[A-Za-z_][\w:]*)(?=\s*(?:\(|\[|=|;|$))")
_SHOWN_OPTIONS = ("type", "value", "default", "required", "choices", "version_added")
_MOST_SIGNATURES = 50
_LONGEST_NAME = 100


def split_object(name: str, default_domain: str = "") -> tuple[str, str] | None:
    """Domain and kind of a directive that describes an object; None for any other directive."""
    domain, colon, kind = name.partition(":")
    if not colon:
        if name in _NAMED:
            return "std", name
        if default_domain in ("c", "cpp", "js") and (name in _C or name in _PYTHON):
            return default_domain, name
        return ("py", name) if name in _PYTHON else None
    kinds = {"py": _PYTHON, "c": _C, "cpp": _C, "js": _PYTHON, "http": _HTTP, "std": _NAMED, "rst": _NAMED}.get(domain)
    return (domain, kind) if kinds is not None and kind in kinds else None


def describe_object(directive: Any, domain: str, kind: str, content: Sequence[Any]) -> list[Any]:
    """The section of an object: its name as title, its signatures as code, its options as a list, and its content."""
    from docutils import nodes

    lines = _split_signatures(directive.arguments[0] if directive.arguments else "")
    if not lines:
        return list(content)
    options = {key: str(value or "") for key, value in directive.options.items()}
    language = _LANGUAGES.get(domain, "")
    title = find_name(lines[0], domain, kind)
    if holder := (directive.state.document.vrom_holders or [""])[-1]:
        title = _qualify(title, holder, "::" if domain == "cpp" else ".")
    section = nodes.section(names=[], classes=["object"])
    section += nodes.title("", "", nodes.literal(title, title))
    if language:
        code = "\n".join(_complete(line, domain, kind, options) for line in lines)
        section += nodes.literal_block(code, code, language=language)
    elif len(lines) > 1 or lines[0] != title:
        code = "\n".join(_complete(line, domain, kind, options) for line in lines)
        section += nodes.literal_block(code, code, language=domain if domain in ("http", "rst") else "")
    if not language:
        section.extend(_write_options(directive, options))
    section.extend(content)
    return [section]


def holds_members(domain: str, kind: str) -> bool:
    """True for a class or the like, whose members are described within it."""
    return domain in _LANGUAGES and kind in _HOLDERS


def find_name(signature: str, domain: str, kind: str) -> str:
    """The name of an object in its signature: `get` in `async get(key) -> str`."""
    if domain == "http":
        return f"{kind.upper()} {signature}"[:_LONGEST_NAME]
    if domain == "rst":
        bare = signature.removeprefix(".. ")
        return f".. {bare}{'' if '::' in bare else '::'}" if kind == "directive" else f":{bare.strip(':')}:"
    if domain == "std":
        return signature if kind in ("option", "cmdoption", "describe", "object") else signature.split("(")[0].strip()
    if domain in ("c", "cpp"):
        found = list(_C_NAME.finditer(signature.partition("(")[0]))
        return found[-1][0] if found else signature[:_LONGEST_NAME]
    words = signature.split()
    while len(words) > 1 and words[0] in _PREFIXES:
        words.pop(0)
    match = _NAME.match(" ".join(words))
    return (match[0] if match else " ".join(words))[:_LONGEST_NAME].rstrip(":")


def _split_signatures(argument: str) -> list[str]:
    """The signatures in an argument, one a line; a line that ends in a backslash goes on in the next."""
    joined = re.sub(r"\\\n\s*", "", argument)
    lines = [" ".join(line.split()).replace("\\", "") for line in joined.split("\n")]
    result: list[str] = []
    for line in filter(None, lines):
        if result and result[-1].count("(") > result[-1].count(")"):
            result[-1] += f" {line}"  # a signature over several lines
        else:
            result.append(line)
    return result[:_MOST_SIGNATURES]


def _qualify(name: str, holder: str, dot: str) -> str:
    return name if name == holder or name.startswith(holder + dot) or dot in name else f"{holder}{dot}{name}"


def _complete(signature: str, domain: str, kind: str, options: dict[str, str]) -> str:
    """A signature as Sphinx shows it: with the words before it, and the type and value that options give."""
    if domain == "http":
        return f"{kind.upper()} {signature}"
    if domain == "rst":
        return find_name(signature, domain, kind)
    before: list[str] = [word for word in ("final", "abstract", "abstractmethod", "async", "static") if word in options]
    before += [word for word in ("classmethod", "staticmethod") if word in options or word == kind]
    if domain in ("py", "js") and kind in ("class", "exception", "property"):
        before.append(kind)
    elif domain in ("c", "cpp") and kind in ("struct", "union", "enum", "class", "enum-class", "enum-struct"):
        before.append(kind.replace("-", " "))
    elif kind in ("decorator", "decoratormethod"):
        signature = "@" + signature.removeprefix("@")
    before = [word for word in before if not signature.startswith(f"{word} ")]
    after = f": {options['type']}" if options.get("type") and domain == "py" else ""
    after += f" = {options['value']}" if options.get("value") and domain == "py" else ""
    return " ".join([*before, signature]) + after


def _write_options(directive: Any, options: dict[str, str]) -> list[Any]:
    """The options that describe a setting, such as its type and default."""
    from docutils import nodes

    described = nodes.field_list()
    for name in _SHOWN_OPTIONS:
        if value := options.get(name):
            parsed, _ = directive.state.inline_text(value, directive.lineno)
            described += nodes.field(
                "", nodes.field_name("", name), nodes.field_body("", nodes.paragraph("", "", *parsed))
            )
    return [described] if described.children else []
