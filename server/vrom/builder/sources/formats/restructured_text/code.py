"""Directives whose content is code or raw text."""

import re
from typing import Any

from vrom.builder.document import Remark

CODE = {
    "code-block": "", "sourcecode": "", "code": "", "code-cell": "python", "prompt": "console", "testcode": "python",
    "testoutput": "text", "doctest": "python", "ipython": "python", "ipython3": "python", "autocodeblock": "",
    "console": "console", "terminal": "console", "jupyter-execute": "python", "jupyter-input": "python",
    "jupyter-output": "text", "execute-code": "python", "execute_code": "python", "exec": "python", "plot": "python",
    "altair-plot": "python", "bokeh-plot": "python", "graphviz": "dot", "digraph": "dot", "graph": "dot",
    "mermaid": "mermaid", "uml": "plantuml", "plantuml": "plantuml", "productionlist": "", "code-include": "",
    "pyodide": "python", "replit": "python", "parsed-code": "", "sql-block": "sql", "literal": "", "cli": "console",
    "nbinput": "python", "nboutput": "text", "raw-code": "", "program-block": "", "svgbob": "", "blockdiag": "",
    "aafig": "", "ditaa": "", "exec-code": "python", "testsetup": "python", "testcleanup": "python",
}  # fmt: skip
"""Directives whose content is code, and its language if they don't name one."""
_LANGUAGE_IS_TITLE = {"digraph", "graph", "uml", "graphviz", "plot", "testcode", "testoutput", "testsetup", "mermaid"}
_LANGUAGE_IS_TITLE |= {"testcleanup", "plantuml", "jupyter-execute", "doctest"}
"""Directives whose argument is no language, but a group or a title."""
_HIDDEN = {"testsetup", "testcleanup"}


def write_code(directive: Any, name: str, argument: str) -> list[Any]:
    """The content of a directive as code in its language, below its caption."""
    from docutils import nodes

    if name in _HIDDEN:
        return []
    named = "" if name in _LANGUAGE_IS_TITLE or not argument else argument.split()[0]
    lines = list(directive.content)
    if name == "productionlist":
        lines = [*directive.arguments[:1], *lines] if directive.arguments else lines
        named = ""
    elif name in ("prompt", "code") and not lines and argument:
        return []
    if name == "prompt":
        named = {"bash": "bash", "powershell": "powershell", "batch": "batch"}.get(named, "console")
        lines = lines or directive.arguments[:1]
    caption = str(directive.options.get("caption") or "")
    code = "\n".join(lines)
    if not code.strip():
        return []
    head = [nodes.paragraph("", "", nodes.strong("", caption))] if caption else []
    return [*head, nodes.literal_block(code, code, language=named or CODE.get(name, ""))]


def write_tab(directive: Any, argument: str) -> list[Any]:
    """`.. code-tab:: py Python`: the label, and the code in its language."""
    from docutils import nodes

    language, _, label = argument.partition(" ")
    code = "\n".join(directive.content)
    head = nodes.paragraph("", "", nodes.strong("", label or language)) if argument else None
    return [*([head] if head else []), *([nodes.literal_block(code, code, language=language)] if code.strip() else [])]


def read_raw(directive: Any, argument: str) -> list[Any]:
    """The text of raw HTML as Markdown; other formats are for print."""
    from docutils import nodes
    from docutils.parsers.rst.states import SubstitutionDef

    from vrom.builder.sources.formats.encodings.decode import UnreadableError
    from vrom.builder.sources.formats.html.page import read_html

    text = "\n".join(directive.content)
    if "html" not in argument.split():
        if text.strip() and argument:
            directive.state.document.vrom_remarks.append(
                Remark("parts that are only for print", f".. raw:: {argument}")
            )
        return [nodes.inline("", "")] if isinstance(directive.state, SubstitutionDef) else []
    if isinstance(directive.state, SubstitutionDef):
        return [nodes.raw("", re.sub(r"<[^<>]*>", "", text), format="markdown")]
    try:
        [document] = read_html(text, "")
    except UnreadableError:
        return []
    return [nodes.raw("", document.text.strip(), format="markdown")]
