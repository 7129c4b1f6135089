"""The language of code that names none: Sphinx takes it for Python, where it is Python."""

import ast
import re
import warnings

_PROMPT = re.compile(r"(?:[\w.-]+@[\w.-]+:\S*)?\$ \S")
_LARGEST = 20_000
_STATEMENTS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.With, ast.For)
_VALUES = (ast.Call, ast.Dict, ast.List, ast.Lambda, ast.Await)


def guess_language(code: str) -> str:
    """`python` for a session or statements of Python, `console` for a session of a shell; else empty."""
    if code.startswith(">>> ") or "\n>>> " in code:
        return "python"
    if _PROMPT.match(code):
        return "console"
    return "python" if _is_python(code) else ""


def _is_python(code: str) -> bool:
    """True if code parses as Python and has a statement that settings and lists of words don't have."""
    if len(code) > _LARGEST:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings
            body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, _STATEMENTS) or isinstance(getattr(node, "value", None), _VALUES) for node in body)
