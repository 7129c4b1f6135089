"""What an included file is, by its name: Markdown, other text, or code in a language."""

from pathlib import PurePosixPath

MARKDOWN = {".md", ".mdx", ".markdown", ".mdown", ".qmd", ".rmd", ".mkd"}
RESTRUCTURED_TEXT = {".rst", ".rest"}
PROSE = MARKDOWN | RESTRUCTURED_TEXT | {".txt", ".text", ".html", ".htm", ".inc", ""}
"""Suffixes of files that are put in as text; others become a code block."""

_LANGUAGES = {
    "py": "python", "pyi": "python", "pyx": "cython", "js": "javascript", "mjs": "javascript", "cjs": "javascript",
    "ts": "typescript", "mts": "typescript", "cts": "typescript", "rs": "rust", "rb": "ruby", "sh": "bash",
    "bash": "bash", "zsh": "bash", "ps1": "powershell", "yml": "yaml", "yaml": "yaml", "kt": "kotlin", "kts": "kotlin",
    "cc": "cpp", "cxx": "cpp", "hpp": "cpp", "hh": "cpp", "h": "c", "cs": "csharp", "fs": "fsharp", "md": "markdown",
    "mdx": "mdx", "htm": "html", "ex": "elixir", "exs": "elixir", "erl": "erlang", "hs": "haskell", "ml": "ocaml",
    "jl": "julia", "pl": "perl", "tf": "hcl", "cfg": "ini", "conf": "ini", "ipynb": "json", "txt": "text", "rst": "rst",
    "gql": "graphql", "proto": "protobuf", "svelte": "svelte", "vue": "vue", "adoc": "asciidoc", "m": "objectivec",
    "pycon": "pycon", "out": "text", "log": "text", "gradle": "groovy", "patch": "diff",
}  # fmt: skip
_NAMES = {"dockerfile": "dockerfile", "makefile": "makefile", "cmakelists.txt": "cmake", "jenkinsfile": "groovy"}


def suffix_of(path: str) -> str:
    """A file's suffix in lower case, with its dot."""
    return PurePosixPath(path).suffix.lower()


def language_of(path: str) -> str:
    """The language of a code block that shows a file; empty if unknown."""
    name = PurePosixPath(path).name.lower()
    if name in _NAMES:
        return _NAMES[name]
    suffix = suffix_of(path).removeprefix(".")
    return _LANGUAGES.get(suffix, suffix if suffix.isalnum() and len(suffix) < 12 else "")


def is_prose(path: str) -> bool:
    """True for files that are put in as text."""
    name = PurePosixPath(path).name.lower()
    return name not in _NAMES and suffix_of(path) in PROSE
