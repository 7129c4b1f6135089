"""The error in pasted output: of a stack trace, a log or a compiler's report, what says what went wrong.

The frames name the user's files and the insides of frameworks, not the topic, and they are most of the text.
"""

import re
from collections.abc import Iterator

_LONGEST_LINE = 2_000
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MARGIN = re.compile(r"[ \t]+[|+][ ]|E[ \t]{2,}(?=\S)|(?=[\w.-]*[A-Za-z])[\w.-]{1,40}[ \t]+\|[ ]")
"""Prefix that exception groups, pytest and `docker compose logs` put before each line."""
_LOGGED = re.compile(
    r"^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.,]*(?:Z|[+-]\d\d:?\d\d)?\]?[ \t]*"
    r"(?:(?:\[[^\]\n]{0,60}\]|[A-Z]{4,8}|-)[ \t]*){0,4}(?:(?![\w.]*(?:Error|Exception)\b)[\w.-]{1,60}:[ \t]+)?(?=\S)"
)
"""A time stamp, with level, thread and logger."""

_FRAME = re.compile(
    r"""[ \t]*(?:
        File[ ]"[^"\n]*",[ ]line[ ]\d+                                      # Python
      | at[ ](?:async[ ]|new[ ])?[^\n(]{0,300}\([^()\n]{0,400}:\d+(?::\d+)?\)   # JavaScript, Java
      | at[ ](?:async[ ])?(?:file://|node:|[\w.-]*/|[A-Za-z]:\\)[^\n]*:\d+     # JavaScript without a function
      | at[ ][\w.$<>/@]{1,300}\((?:Native[ ]Method|Unknown[ ]Source|[\w.]+)\)  # Java
      | at[ ][^\n]{1,300}[ ]in[ ][^\n]{1,300}:line[ ]\d+                       # .NET
      | \.\.\.[ ]\d+[ ](?:more|common[ ]frames)                              # Java
      | goroutine[ ]\d+[ ]\[ | created[ ]by[ ]\S+\.\S+ | (?:\S+/)?\S+\.go:\d+    # Go
      | [\w./*()-]{1,200}\((?:0x[0-9a-f]+|\{0x|\.\.\.)[^\n]*\)$                 # Go's calls
      | (?:-->|:::)[ ]\S+:\d+ | \d+[ ]+\|(?:[ ]|$) | \|$ | \d+:[ ]+0x[0-9a-f]+[ ]-[ ]  # Rust
      | \d+:[ ]+[\w:<>{}$@,&]+$ | at[ ]\./?\S+:\d+
      | from[ ]\S+:\d+:in[ ] | \#\d+[ ]+(?:0x|/|\{main|[^\s(]+\()              # Ruby, PHP, gdb
    )""",
    re.VERBOSE,
)
_NOISE = re.compile(
    r"""[ \t]*(?:
        Traceback[ ]\(most[ ]recent[ ]call[ ]last\): | Exception[ ]Group[ ]Traceback
      | During[ ]handling[ ]of[ ]the[ ]above | The[ ]above[ ]exception[ ]was[ ]the[ ]direct[ ]cause
      | [~^\s]*\^[~^\s]*$ | [-=*_~#+]{3,}[ ]?\d*[ ]?[-=*_~#+]*(?:[ ]|$) | stack[ ]backtrace:$
      | npm[ ](?:warn|notice|http|info|timing|verb|silly)\b
      | \S+::\S+[ ]+(?:PASSED|SKIPPED|XFAIL) | note:[ ]run[ ]with[ ]`RUST_BACKTRACE | \[?Previous[ ]line[ ]repeated
      | exit[ ]status[ ]\d+$ | npm[ ](?:ERR!|error)(?:\s*$|[ ]+(?:A[ ]complete[ ]log|/)) | \S+:\d+:[ ]\w+$
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_ERROR = re.compile(
    r"""[ \t]*(?:
        (?:Uncaught[ ]|Unhandled[ ]|Caused[ ]by:[ ]|Exception[ ]in[ ]thread[ ]"[^"\n]*"[ ])*
        [A-Za-z_$][\w.$:]*(?:Error|Exception|Warning|Fault|Failure|Timeout|Interrupt|Exit)\b
      | (?:Caused[ ]by|panic|fatal|error|err!)\b\s*(?:\[\w+\])?\s*: | error(?:\[\w+\]|[ ][A-Z]+\d+)
      | thread[ ]'[^'\n]*'[ ]panicked | npm[ ](?:ERR!|error)[ ] | FAILED[ ]\S+ | Uncaught[ ] | Unhandled[ ]
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_POINTER = re.compile(r"[ \t|]*[-^_~]+[ \t]+(?=\w)")
"""Under a line of code, before what a compiler says about it."""
_ENDS_A_TRACE = re.compile(r"[A-Za-z_][\w.]*(?:: .*)?$")


def find_error(text: str, room: int) -> tuple[str, bool]:
    """The text without the frames and noise of pasted output, and True if it was cut to `room` characters.

    A text without such output stays as it is. Of one that is too long, begin, end and the errors in it are kept.
    """
    plain = _COLOURS.sub("", _unescape(text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = [_without_prefix(line[:_LONGEST_LINE]) for line in plain.split("\n")]
    kept, errors = _sort(lines)
    is_output = 0 < len(kept) < sum(bool(line.strip()) for line in lines)
    found = "\n".join(kept) if is_output else text
    if len(found) <= room:
        return found, False
    about = "\n".join(dict.fromkeys(errors))[: room // 2]
    half = max(0, room - len(about) - 2) // 2
    return "\n".join(filter(None, [found[:half].rstrip(), about, found[len(found) - half :].lstrip()])), True


def _without_prefix(line: str) -> str:
    """A line without its margin and time stamp."""
    for prefix in (_MARGIN, _LOGGED):
        if found := prefix.match(line):
            line = line[found.end() :]
    return line


def _sort(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines that are neither frames nor noise, and those of them that name an error."""
    kept: list[str] = []
    errors: list[str] = []
    for line, is_error in _walk(lines):
        pointer = _POINTER.match(line)
        kept.append((line[pointer.end() :] if pointer else line).strip())
        if is_error:
            errors.append(line.strip())
    return kept, errors


def _walk(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Each line that is kept, and whether it names an error: in a Python trace, the first that is indented no more."""
    indent: int | None = None
    for line in lines:
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        if "Traceback (most recent call last):" in line:
            indent = depth
        elif indent is not None and (depth > indent or _FRAME.match(line)):
            continue  # a frame, or the code that it shows
        elif indent is not None and _ENDS_A_TRACE.match(line.strip()):
            indent = None
            yield line, True
        elif not _FRAME.match(line) and not _NOISE.match(line):
            yield line, bool(_ERROR.match(line))


def _unescape(text: str) -> str:
    """The text with escaped line breaks and tabs unescaped, if it is one line of them: output out of JSON or a log."""
    if text.count("\n") > 1 or text.count("\\n") < 2:
        return text
    return re.sub(r"\\(?:r\\n|[nr])", "\n", text).replace("\\t", "\t").replace('\\"', '"')
