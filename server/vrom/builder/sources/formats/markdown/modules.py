"""Import and export statements of MDX, and scripts and style sheets, which no reader of the page sees."""

import re

_STRING = r"""(?:"[^"\n]*"|'[^'\n]*')"""
_IMPORT = re.compile(
    rf"import\s*(?:(?:type\s+|typeof\s+)?(?:[\w$*]+|\{{[^{{}}]{{0,4000}}\}})(?:\s*,\s*(?:[\w$]+|\{{[^{{}}]{{0,4000}}\}}|\*\s*as\s+[\w$]+)"
    rf"|\s+as\s+[\w$]+)*\s*from\s*)?{_STRING}(?:\s+with\s*\{{[^{{}}\n]*\}})?[ \t]*(?:;|(?=\n|\Z|[ \t]*import\b|[ \t]*//))"
)
_EXPORT = re.compile(
    r"export\s+(?:default\b|(?:const|let|var|type|interface|(?:async\s+)?function\*?|class)\s+[\w${\[]|\{[^{}]*\}|\*\s)"
)
_TITLE = re.compile(r"""\btitle\s*:\s*(?:"([^"\n]+)"|'([^'\n]+)'|`([^`\n]+)`)""")
_METADATA = re.compile(r"export\s+(?:const|let)\s+(?:meta|metadata|frontmatter|frontMatter|page)\b")
_TITLE_EXPORT = re.compile(r"""export\s+(?:const|let)\s+title\s*=\s*(?:"([^"\n]+)"|'([^'\n]+)'|`([^`\n]+)`)""")
_SIGN = re.compile(r"[()\[\]{}\"'`\n]|//|/\*")
_STRINGS = {sign: re.compile(rf"(?:[^{sign}\\]|\\.)*{sign}", re.DOTALL) for sign in "\"'`"}
_CONTINUES = re.compile(r"(?:[=,(\[{:?+&|.]|=>)[ \t]*$|\A\Z")
_LONGEST = 200_000
_HIDDEN = re.compile(r"^[ \t]*<(script|style)(?=[\s>])[^>]*>", re.MULTILINE | re.IGNORECASE)


def has_imports(text: str) -> bool:
    """True if lines of a text, whose code is masked, import or export as MDX does."""
    return any(_IMPORT.match(text, at) or _EXPORT.match(text, at) for at in _line_starts(text, "import", "export"))


def remove_module_statements(text: str) -> tuple[str, str]:
    """The text without its import and export statements; and the title in its metadata, if an export has one."""
    written, done, title = [], 0, ""
    for at in _line_starts(text, "import", "export"):
        if at < done:
            continue
        end = at
        while found := _IMPORT.match(text, end):  # several on a line
            end = found.end()
            while text[end : end + 1] in (" ", "\t"):
                end += 1
        if end == at and _EXPORT.match(text, at):
            end = _find_end(text, at)
            title = title or _find_title(text[at:end])
        if end > at:
            rest = text.find("\n", end)
            rest = len(text) if rest < 0 else rest
            if text[end:rest].lstrip().startswith("//"):
                end = rest
            written.append(text[done:at])
            done = end
    return "".join([*written, text[done:]]), title


def remove_scripts(text: str) -> str:
    """The text without `<script>` and `<style>` elements that begin a line."""
    written, done, closings = [], 0, {"script": 0, "style": 0}
    for tag in _HIDDEN.finditer(text):
        name = tag[1].lower()
        if tag.start() < done or closings[name] < 0:
            continue
        if tag[0].endswith("/>"):
            written, done = [*written, text[done : tag.start()]], tag.end()
            continue
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, tag.end())
        closings[name] = closing.end() if closing else -1
        if closing:
            written, done = [*written, text[done : tag.start()]], closing.end()
    return "".join([*written, text[done:]])


def _line_starts(text: str, *words: str) -> list[int]:
    return [match.start() for match in re.finditer(rf"^(?:{'|'.join(words)})\b", text, re.MULTILINE)]


def _find_end(text: str, start: int) -> int:
    """The end of an export statement; that of its paragraph if its brackets don't match."""
    depth, at, most = 0, start, start + _LONGEST
    while (sign := _SIGN.search(text, at, most)) is not None:
        at = sign.end()
        if sign[0] in "([{":
            depth += 1
        elif sign[0] in ")]}":
            depth -= 1
        elif sign[0] == "//":
            at = text.find("\n", at)
            at = len(text) if at < 0 else at
        elif sign[0] == "/*":
            at = text.find("*/", at) + 2
            if at < 2:
                break
        elif sign[0] == "\n":
            line = text[text.rfind("\n", start, sign.start()) + 1 : sign.start()]
            following = text[at : at + 200].lstrip(" \t")
            if depth <= 0 and not _CONTINUES.search(line.rstrip()) and not following.startswith((".", "?", ":", "|")):
                return sign.start()
            if depth <= 0 and following.startswith("\n"):
                return sign.start()
        elif string := _STRINGS[sign[0]].match(text, at, most):
            at = string.end()
        elif sign[0] == "`":
            break
    else:
        if depth <= 0:
            return min(len(text), most)
    blank = text.find("\n\n", start)
    return len(text) if blank < 0 else blank


def _find_title(statement: str) -> str:
    found = _TITLE_EXPORT.match(statement) or (_METADATA.match(statement) and _TITLE.search(statement))
    return next((part for part in found.groups() if part), "") if found else ""
