"""Import and export statements of MDX, and scripts and style sheets, which no reader of the page sees."""

import re

_STRING = r"""(?:"[^"\n]*"|'[^'\n]*')"""
_NAMES = r"(?:[\w$*]+|\{[^{}]{0,4000}\})"
_IMPORT = re.compile(
    rf"import\s*(?:(?:type\s+|typeof\s+)?{_NAMES}(?:\s*,\s*(?:{_NAMES}|\*\s*as\s+[\w$]+)|\s+as\s+[\w$]+)*\s*from\s*)?"
    rf"{_STRING}(?:\s+with\s*\{{[^{{}}\n]*\}})?[ \t]*(?:;|(?=\n|\Z|[ \t]*import\b|[ \t]*//))"
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
_LONGEST, _MOST_FAILURES = 200_000, 10
_HIDDEN = re.compile(r"^[ \t]*<(script|style)(?=[\s>])[^>]*>", re.MULTILINE | re.IGNORECASE)


def has_imports(text: str) -> bool:
    """True if lines of a text, whose code is masked, import or export as MDX does."""
    return any(_IMPORT.match(text, at) or _EXPORT.match(text, at) for at in _line_starts(text, "import", "export"))


def remove_module_statements(text: str) -> tuple[str, str]:
    """The text without its import and export statements; and the title in its metadata, if an export has one."""
    written: list[str] = []
    done, title, failures = 0, "", 0
    for at in _line_starts(text, "import", "export"):
        if at < done:
            continue
        end = at
        while found := _IMPORT.match(text, end):  # several on a line
            end = found.end()
            while text[end : end + 1] in (" ", "\t"):
                end += 1
        if end == at and _EXPORT.match(text, at):
            end, balanced = _find_end(text, at, most=_LONGEST if failures < _MOST_FAILURES else 0)
            failures += not balanced
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
    written: list[str] = []
    done, closings = 0, {"script": 0, "style": 0}
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


def _find_end(text: str, start: int, most: int) -> tuple[int, bool]:
    """The end of an export statement; that of its paragraph, and false, if its brackets don't match."""
    depth, at, most = 0, start, start + most
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
                return sign.start(), True
            if depth <= 0 and following.startswith("\n"):
                return sign.start(), True
        elif string := _STRINGS[sign[0]].match(text, at, most):
            at = string.end()
        elif sign[0] == "`":
            break
    else:
        if depth <= 0 and most > start:
            return min(len(text), most), True
    blank = text.find("\n\n", start)
    return (len(text) if blank < 0 else blank), False


def _find_title(statement: str) -> str:
    found = _TITLE_EXPORT.match(statement) or (_METADATA.match(statement) and _TITLE.search(statement))
    return next((part for part in found.groups() if part), "") if found else ""
