"""The language of a code block, from the names that its elements and their frames have."""

import re

from vrom.builder.sources.formats.html.tree import Element

_NO_LANGUAGE = {
    "default", "none", "notranslate", "text", "txt", "plaintext", "plain", "code", "wrapper", "literal",
    "nohighlight", "no-highlight", "guess", "auto", "unknown", "undefined", "null", "raw", "mixed", "source",
    "output", "en", "lines", "line", "rouge", "x", "block", "inline", "light", "dark", "numbers", "group",
    "highlight", "table", "ansi", "source-none", "text-plain", "label", "title", "selector", "switch", "basic",
}  # fmt: skip
_LANGUAGES = {
    "abap", "actionscript", "ada", "apache", "apex", "applescript", "arduino", "asciidoc", "asm", "assembly",
    "autohotkey", "awk", "bash", "bat", "batch", "batchfile", "bibtex", "c", "c#", "c++", "cfg", "clojure",
    "cmake", "cobol", "coffeescript", "common-lisp", "conf", "console", "cpp", "crystal", "csharp", "css", "csv",
    "cuda", "cypher", "cython", "d", "dart", "delphi", "diff", "django", "docker", "dockerfile", "dot", "doscon",
    "dosini", "elixir", "elm", "emacs-lisp", "erlang", "f#", "fish", "fortran", "fsharp", "gherkin", "git",
    "gitignore", "glsl", "go", "golang", "gradle", "graphql", "graphviz", "groovy", "handlebars", "haskell",
    "hbs", "hcl", "hlsl", "hs", "html", "html+jinja", "htmldjango", "http", "ini", "ipython", "ipython3", "java",
    "javascript", "jinja", "jinja2", "js", "json", "json5", "jsonc", "jsx", "julia", "kotlin", "kt", "latex",
    "less", "liquid", "lisp", "llvm", "lua", "makefile", "markdown", "markup", "mathematica", "matlab", "md",
    "mdx", "mermaid", "mojo", "mysql", "nasm", "nginx", "nim", "nix", "objc", "objective-c", "objectivec",
    "ocaml", "octave", "pascal", "patch", "perl", "php", "pgsql", "plsql", "postgres", "postgresql", "powershell",
    "prisma", "prolog", "properties", "proto", "protobuf", "ps1", "pug", "puppet", "purescript", "py", "pycon",
    "pytb", "python", "python3", "python-repl", "ql", "r", "racket", "rb", "reason", "reg", "rest", "rst",
    "restructuredtext", "ruby", "rust", "rs", "sass", "scala", "scheme", "scss", "sh", "shell", "shell-session",
    "sh-session", "smalltalk", "solidity", "sparql", "sql", "sqlite", "stylus", "svelte", "swift",
    "systemverilog", "tcl", "terraform", "tex", "text-x-sh", "thrift", "tf", "toml", "ts", "tsx", "twig",
    "typescript", "v", "vala", "vb", "vbnet", "verilog", "vhdl", "vim", "viml", "vue", "wasm", "wast", "wgsl",
    "wolfram", "xml", "xquery", "yaml", "yml", "zig", "zsh", "shellsession", "sourcepawn", "cjs", "mjs",
    "jsonnet", "zsh-session", "hjson", "bicep", "kql", "rego", "cue", "dhall", "gdscript", "apl", "qml", "wiki",
    "mediawiki", "dts", "edn", "heex", "eex", "iex", "leex", "webidl", "plantuml", "pikchr", "d2", "vega",
    "vega-lite",
}  # fmt: skip
_NAMED = re.compile(
    r"^(?:language|lang|highlight-source|highlight-text|highlight|brush|src|ext|sourceCode|code|syntax|hljs|prism|listing)"
    r"[-:=]{1,2}([A-Za-z0-9+#._-]+)",
    re.IGNORECASE,
)
_SURE = re.compile(r"^(?:language|lang|brush|highlight-source|highlight|src)[-:=]", re.IGNORECASE)
_MARKED = {"sourcecode", "src", "hljs", "codehilite", "highlight", "listing", "prettyprint", "code", "brush", "shiki"}
_RENAMED = {
    "html-basic": "html",
    "xml-svg": "xml",
    "css-scss": "scss",
    "batchfile": "bat",
    "markup": "html",
    "golang": "go",
}
_MOST_AROUND = 8


def find_language(pre: Element) -> str:
    """The language that a code block or its frame names; empty if absent or unspecific."""
    code = pre.find_tag("code")
    for element in filter(None, [code, pre]):
        if language := _language(element, of_code=True):
            return language
    inner = pre
    for frame in list(pre.ancestors())[:_MOST_AROUND]:
        if frame.tag in ("body", "main", "article", "html") or not _is_frame(frame, inner):
            break
        if language := _language(frame, of_code=False):
            return language
        inner = frame
    return ""


def _is_frame(frame: Element, inner: Element) -> bool:
    """True if an element holds no other code block than this one, besides line numbers."""
    if len(frame.children) > 40:
        return False
    others = [other for other in frame.elements() if other is not inner and not other.has_class("linenos", "gutter")]
    return not any(other.tag in ("pre", "p", "ul") or other.find_tag("pre", "p", "ul") for other in others)


def own_language(code: Element) -> str:
    """The language that a `code` or `pre` element itself names; empty if absent."""
    return _language(code, of_code=True)


def _language(element: Element, *, of_code: bool) -> str:
    for attribute in ("data-lang", "data-language", "data-code-language", "data-code-lang", "language", "lang"):
        if value := element.attribute(attribute):
            name = _clean(value)
            if attribute == "lang" and name not in _LANGUAGES:
                continue
            if name:
                return name
    names = element.attribute("class").replace("brush: ", "brush:").replace("brush ", "brush:").split()
    for name in names:
        found = _NAMED.match(name)
        if found and (language := _clean(found[1])) and (_SURE.match(name) or language in _LANGUAGES):
            return language
    marked = of_code or any(name.lower() in _MARKED for name in names)
    plain = [name.lower().strip(";") for name in names] if marked else []
    return next((_RENAMED.get(name, name) for name in plain if name in _LANGUAGES and name not in _NO_LANGUAGE), "")


def _clean(name: str) -> str:
    name = re.split(r"[,{:;\s]", name.strip().lower(), maxsplit=1)[0]
    name = name.removeprefix("source-").removeprefix("source.").removeprefix("text-x-").removeprefix("x-").rstrip(".")
    name = _RENAMED.get(name, name)
    if name in _NO_LANGUAGE or not re.fullmatch(r"[a-z0-9+#._-]{1,30}", name) or name.isdigit():
        return ""
    return name


def is_language(name: str) -> bool:
    """True if a word is the name of a language, or of none, as the frames of code show it."""
    return name in _LANGUAGES or name in ("text", "plaintext", "txt", "plain text", "terminal", "shell", "node.js")
