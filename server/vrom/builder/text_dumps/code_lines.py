"""Recognise lines of code in plain text, by their form and their neighbouring lines."""

import re
from collections.abc import Sequence

from vrom.builder.text_dumps.tables import begins_table

_COMMANDS = "pip3?|uvx?|npm|npx|git|cd|conda|apt|apt-get|python3?|pytest|docker|curl|wget|brew|make|accelerate|trl"
_STATEMENT = re.compile(
    rf"""(?:>>>|\.\.\.)(?:\s|$)
    |\$\s\S
    |from\s+[\w.]+\s+import\s
    |import\s+[\w.]+(?:\s+as\s+\w+)?(?:,\s*[\w.]+)*;?$
    |import\s+.*\bfrom\s+['"]
    |(?:async\s+)?def\s+\w+\(
    |class\s+\w+(?:\([\w., =]*\))?:$
    |@\w[\w.]*(?:\(.*\))?$
    |(?:if|elif|for|while|with|except)\b.*:$
    |(?:else|try|finally):$
    |(?:const|let|var)\s+[\w{{\[].*=
    |(?:await|return|yield|raise)\s[\w{{\[("'.]+.*[)\]}}({{\[;]$
    |(?:{_COMMANDS})\s+[\w./-]+[^.:]*$
    |(?:export\s+)?[A-Z][A-Z0-9_]+=\S+(?:\s.*)?$
    |[A-Za-z_][\w.]*(?:\[[^\]]*\])*(?:,\s*[A-Za-z_]\w*)*\s?[-+*/|]?=(?!=)\s?\S
    |[\w.]+\(.*\)[;,]?$
    |[\w.]+(?:\s?=\s?[\w.]+)?[(\[{{]$
    |["'][^"']+["']\s?:\s?\S
    |[\[\](){{}}]+[,;]?$
    |//\s|/\*
    |File\s".*",\sline\s\d+
    |Traceback\s\(most
    |[\^~]{{3,}}$
    |[{{\[]\s?["'{{\[].*[}}\],]$""",
    re.VERBOSE,
)
_COMMENT = re.compile(r"#{1,6} ")
_CONTINUATION = re.compile(r"""--?\w|[\w"'.\[{(].*[,\\({\[]$|.*\)$""")
_STRING = re.compile(r"""(['"])(?:\\.|(?!\1).)*\1""")
_SENTENCE_START = re.compile(r"[^\W\d_a-z]|[“‘(*`\[]")
_SENTENCE_END = re.compile(r"[.:!?][)”*]*$")
_CALL_END = re.compile(r"[=({\[]\s*[\"'\w]*:?$")

_KEYWORDS = r"(?:if|else|for|in|not|is|and|or|as|import|from|with|async|await|lambda|return|yield|raise|def|class)\b"
_WORDS = re.compile(rf"\b(?!{_KEYWORDS})[a-z]+ (?!{_KEYWORDS})[a-z]+ (?!{_KEYWORDS})[a-z]+\b")
"""Three consecutive lower-case words without a keyword, which don't occur in code."""

_LONGEST_LINE = 2_000
"""Maximum characters of a line of code; longer lines are data or text."""

_LONGEST_BRACKET = 80
"""Maximum lines of code within an open bracket; after that, the bracket is ignored."""


def is_statement(line: str) -> bool:
    """True if a line is code regardless of its neighbours."""
    stripped = line.strip()
    return (
        len(line) <= _LONGEST_LINE
        and " | " not in line
        and _STATEMENT.match(stripped) is not None
        and not is_sentence(line)
        and (stripped.startswith((">>>", "...", "$", "File ")) or not _WORDS.search(_strip_strings(stripped)))
    )


def _strip_strings(line: str) -> str:
    """A line with its strings emptied and its comment removed."""
    return re.split(r"(?:^|\s)(?:#|//)\s", _STRING.sub("''", line[:_LONGEST_LINE]))[0]


def is_sentence(line: str) -> bool:
    """True if a line is prose: capitalised, at least six words, and a final punctuation mark."""
    stripped = line.strip()
    end = stripped[-40:]
    return (
        len(stripped.split(maxsplit=6)) > 5
        and _SENTENCE_START.match(stripped) is not None
        and _SENTENCE_END.search(end) is not None
        and not _CALL_END.search(end)
    )


def depth_after(line: str, depth: int = 0) -> int:
    """Number of open brackets after a line, given `depth` before it; strings and comments are ignored."""
    bare = _strip_strings(line)
    opened = sum(map(bare.count, "([{"))
    closed = sum(map(bare.count, ")]}"))
    return max(0, depth + opened - closed)


def find_code_end(lines: Sequence[str], start: int) -> int:
    """The end (exclusive) of the code that starts at line `start`; `start` itself if the line isn't code."""
    number, depth, opened = start, 0, start
    while number < len(lines) and lines[number].strip():
        if number > start and (begins_table(lines, number) or is_sentence(lines[number])):
            break
        if not depth or number - opened >= _LONGEST_BRACKET:
            if not _is_code(lines, number, start):
                break
            opened = number
        is_trace = _TRACE.match(lines[start]) is not None
        depth = 0 if is_trace else depth_after(lines[number], depth)
        number += 1
    return number


_TRACE = re.compile(r"File \".*\", line \d+|Traceback \(most")


def _is_code(lines: Sequence[str], number: int, start: int) -> bool:
    """True if a line outside brackets is code; `start` is the first line of the code it would belong to."""
    line = lines[number]
    if number > start:
        if _TRACE.match(lines[number - 1]) or lines[number - 1].startswith(">>> "):
            return True  # source line of a traceback frame, or output of a prompt
        if line.strip() in ("{", "["):
            return False  # data after code is a separate block
        if _CONTINUATION.match(line.strip()) and len(line.split()) < _WORDS_OF_A_CONTINUATION:
            return True
    return is_statement(line) or (_COMMENT.match(line) is not None and _leads_to_code(lines, number))


_WORDS_OF_A_CONTINUATION = 6
_LONGEST_COMMENT = 20


def _leads_to_code(lines: Sequence[str], number: int) -> bool:
    """True if the comment lines from `number` on are followed by a statement."""
    for line in lines[number : number + _LONGEST_COMMENT]:
        if not _COMMENT.match(line):
            return is_statement(line)
    return False


def guess_language(code: Sequence[str]) -> str:
    """The language of lines of code, as the info string of a fence; empty if unknown."""
    text = "\n".join(code)
    if re.search(r"^Traceback \(most|^File \"", text, re.MULTILINE):
        return "text"
    if re.match(r"\s*[{\[]\s*(?:[\"'{\[\]}]|$)", text) and "=" not in _STRING.sub("", text):
        return "json"
    if re.search(r"^(?:const|let|var|await) |;$|^import .* from ['\"]", text, re.MULTILINE):
        return "js"
    if re.match(rf"\$? ?(?:{_COMMANDS})\s", text):
        return "bash"
    if re.search(r"^(?:>>>|from|import|def|class|@|with|for)\b|^\w[\w., ]*\s?=\s?\S|^[\w.]+\(", text, re.MULTILINE):
        return "python"
    return ""


def indent_code(code: Sequence[str]) -> list[str]:
    """Re-indent lines of code by their brackets; unchanged if any line is already indented."""
    if any(line[:1].isspace() for line in code):
        return list(code)
    result, depth = [], 0
    for line in code:
        closing = len(line) - len(line.lstrip(")]}"))
        level = max(0, depth - closing)
        result.append("    " * min(level, 12) + line)
        depth = depth_after(line, depth)
    return result
