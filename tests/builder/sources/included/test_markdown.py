"""Markers in Markdown, in the syntaxes of its tools: the file is put in their place."""

import pytest

START = "def start(port):\n    return port"
BODY = "    // ANCHOR: body\n    run();\n    // ANCHOR_END: body\n"
RUST = f"// ANCHOR: all\nuse std::io;\n# fn hidden() {{}}\nfn main() {{\n{BODY}}}\n// ANCHOR_END: all\n"
PARTS = "a = 1\n# --8<-- [start:two]\nb = 2\n# --8<-- [end:two]\n# #region three\nc = 3\n# #endregion three\n"
FILES = {
    "src/main.rs": RUST,
    "docs/parts.py": PARTS,
    "docs/examples/pods/app.py": "import os\n\n\ndef start(port):\n    return port\n",
    "docs/_note.md": "---\ntitle: x\n---\nShared *note*.\n",
    ".gitbook/includes/note.md": "Shared *note*.",
    "docs/guide/near.ts": "let near = 1\n",
}


@pytest.mark.parametrize(
    "marker",
    [
        "{!../docs_src/app.py!}",
        "{!> ../docs_src/app.py!}",
        "{! docs_src/app.py !}",
        '--8<-- "docs_src/app.py"',
        "--8<-- 'docs_src/app.py'",
        "-8<- \"docs_src/app.py\"",
        "--8<--\ndocs_src/app.py\n; docs_src/other.py\n--8<--",
        "{{#include ../../docs_src/app.py}}",
        "{{ #include ../../docs_src/app.py }}",
        "{* ../../docs_src/app.py hl[1,3:4] *}",
        "<<< @/docs_src/app.py",
        "<<< ../../docs_src/app.py{2,4-6}",
        "@[code](../../docs_src/app.py)",
        "@[code python{1,3}](@/docs_src/app.py)",
        '{{< readfile file="/docs_src/app.py" code="true" lang="python" >}}',
        '{{% code_sample file="docs_src/app.py" %}}',
        '{{% codenew file="pods/app.py" %}}',
        '{% include "docs_src/app.py" %}',
        "{% include_relative ../../docs_src/app.py %}",
        '{% include-markdown "../../docs_src/app.py" %}',
        "[app](../../docs_src/app.py ':include :type=code python')",
        "[!code-python[Main](~/docs_src/app.py?highlight=2)]",
        ':::code language="python" source="~/docs_src/app.py":::',
        "::include{file=docs_src/app.py}",
        "@include(../../docs_src/app.py)",
        "```{literalinclude} ../../docs_src/app.py\n:language: python\n:emphasize-lines: 2\n```",
        ":::{literalinclude} ../../docs_src/app.py\n:::",
        "```python file=../../docs_src/app.py\n```",
        "```python\n// embedme ../../docs_src/app.py\n```",
        "<!-- MARKDOWN-AUTO-DOCS:START (CODE:src=../../docs_src/app.py) -->\n<!-- MARKDOWN-AUTO-DOCS:END -->",
        "import App from '!!raw-loader!../../docs_src/app.py';\n\n<CodeBlock language=\"python\">{App}</CodeBlock>",
        "import app from '../../docs_src/app.py?raw'\n\n<Code code={app} lang=\"python\" />",
    ],
)  # fmt: skip
def test_code_becomes_a_block_with_its_language(expand, marker):
    text = expand(f"# Page\n\n{marker}\n\nEnd.", FILES)
    assert f"\nimport os\n\n\n{START}\n" in text
    assert text.count("```") == 2
    assert "```python" in text
    assert text.endswith("End.")
    assert expand.remarks == []
    for leftover in ("docs_src/other", "8<", "{!", "{*", "{{", "{%", "<<<", "@[", "include", "</Code", "AUTO-DOCS"):
        assert leftover not in text


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("{!../docs_src/app.py[ln:4-5]!}", START),
        ("{!../docs_src/app.py!lines=4-5 8!}", f"{START}\ndef stop():"),
        ('--8<-- "docs_src/app.py:4:5"', START),
        ('--8<-- "docs_src/app.py:4:5,8:8"', f"{START}\ndef stop():"),
        ('--8<-- "docs_src/app.py:-2:"', "def stop():\n    pass"),
        ('--8<-- "docs/parts.py:two"', "b = 2"),
        ('--8<-- "docs/parts.py"', "a = 1\nb = 2\nc = 3"),
        ("{{#include ../../docs_src/app.py:4:5}}", START),
        ("{{#include ../../docs_src/app.py:4}}", "def start(port):"),
        ("{{#include ../../docs_src/app.py::1}}", "import os"),
        ("{{#include ../../docs_src/app.py:8:}}", "def stop():\n    pass"),
        ("{{#include ../../src/main.rs:body}}", "    run();"),
        ("{{#rustdoc_include ../../src/main.rs:all}}", "use std::io;\nfn main() {\n    run();\n}"),
        ("{* ../../docs_src/app.py ln[4:5,8] hl[4] *}", f"{START}\ndef stop():"),
    ],
)
def test_within_a_code_block_the_part_becomes_its_content(expand, marker, expected):
    assert expand(f"```x\n{marker}\n```", FILES) == f"```x\n{expected}\n```"


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("<<< @/docs/parts.py#three{1}", "```python\nc = 3\n```"),
        ("<<< ./near.ts {2 js:line-numbers} [near]", "```js\nlet near = 1\n```"),
        ("@[code{4-5}](../../docs_src/app.py)", f"```python\n{START}\n```"),
        ("{{#playground ../../src/main.rs editable}}", "```rust\nuse std::io;"),
        ("[!code-python[x](../../docs_src/app.py?range=4-5)]", f"```python\n{START}\n```"),
        (":::code source=\"~/docs/parts.py\" id=\"three\":::", "```python\nc = 3\n```"),
        ("```{literalinclude} /../docs_src/app.py\n:pyobject: start\n```", f"```python\n{START}\n```"),
        ("```{literalinclude} ../parts.py\n:start-after: start:two\n:end-before: end:two\n```", "```python\nb = 2"),
        ("```{literalinclude} ../../docs_src/app.py\n:lines: 5\n:dedent:\n:caption: The port\n```",
         "**The port**\n\n```python\nreturn port\n```"),
        ('```{literalinclude} ../parts.py\n:start-after: "start:two"\n:lines: 1\n```', "```python\nb = 2\n```"),
        ("```{literalinclude} ../../docs_src/app.py\n---\nlines: 4-5\nlanguage: py\n---\n```", f"```py\n{START}\n```"),
        ("```js file=near.ts#L1-L1\n```", "```js file=near.ts#L1-L1\nlet near = 1\n```"),
    ],
)  # fmt: skip
def test_parts_and_languages_of_blocks(expand, marker, expected):
    assert expand(marker, FILES).startswith(expected)


@pytest.mark.parametrize(
    "marker",
    [
        "{!_note.md!}",
        '--8<-- "_note.md"',
        '--8<-- "docs/_note.md"',
        "{{#include ../_note.md}}",
        "<!--@include: ../_note.md-->",
        "<!-- @include: @/_note.md -->",
        "```{include} ../_note.md\n```",
        ":::{include} ../_note.md\n:::",
        "{{< include ../_note.md >}}",
        '{{% include "docs/_note.md" %}}',
        "{% include_relative ../_note.md %}",
        "{% include-markdown '../_note.md' %}",
        "[!INCLUDE [note](../_note.md)]",
        "<include>../_note.md</include>",
        "```{r child = '../_note.md'}\n```",
        '{% include "../../.gitbook/includes/note.md" %}',
        "import Note from '../_note.md';\n\n<Note />",
        "import Note, {toc as x} from '../_note.md';\n\n<Note />",
        "import Note from '@site/docs/_note.md';\n\n<Note kind=\"x\"></Note>",
    ],
)
def test_a_markdown_partial_is_put_in_as_markdown(expand, marker):
    text = expand(f"Before.\n\n{marker}\n\nAfter.", FILES)
    kept = "\n".join(line for line in text.split("\n") if not line.startswith("import"))
    assert kept.split() == ["Before.", "Shared", "*note*.", "After."]


def test_lists_and_quotes_keep_their_indentation(expand):
    assert expand('- {!_note.md!}\n\n  --8<-- "docs_src/app.py:4:5"', FILES) == (
        "- Shared *note*.\n\n  ```python\n  def start(port):\n      return port\n  ```"
    )
    assert expand("1. Do\n   ```py\n   {!../docs_src/app.py[ln:4-5]!}\n   ```") == (
        "1. Do\n   ```py\n   def start(port):\n       return port\n   ```"
    )


def test_a_file_with_fences_gets_a_longer_fence(expand):
    text = expand("```md\n{!shown.md!}\n```", {"docs/shown.md": "```py\nx\n```\n"})
    assert text == "````md\n```py\nx\n```\n````"


def test_a_value_within_a_line(expand):
    text = expand("Version {!version.txt!}, not `{!version.txt!}`.", {"docs/version.txt": "1.2.3\n"})
    assert text == "Version 1.2.3, not `{!version.txt!}`."


def test_partials_include_others_relative_to_themselves(expand):
    files = {"docs/_a/one.md": "One.\n\n{{#include two.md}}\n", "docs/_a/two.md": "Two."}
    assert expand("{{#include ../_a/one.md}}", files) == "One.\n\nTwo."


def test_headings_of_a_partial_are_lowered_as_asked(expand):
    files = {"docs/_part.md": "# Install\n\nRun it.\n"}
    assert expand('# Page\n\n{% include-markdown "../_part.md" heading-offset=1 %}', files).endswith(
        "## Install\n\nRun it."
    )
    assert expand("# Page\n\n```{include} ../_part.md\n:heading-offset: 1\n```", files).endswith(
        "## Install\n\nRun it."
    )


def test_what_is_between_two_texts(expand):
    files = {"docs/_part.md": "Top <!-- a -->Middle<!-- b --> end"}
    assert expand('{% include-markdown "../_part.md" start="<!-- a -->" end="<!-- b -->" %}', files) == "Middle"
    assert expand("```{include} ../_part.md\n:start-after: <!-- a -->\n:end-before: <!-- b -->\n```", files) == "Middle"


def test_the_section_under_a_heading(expand):
    files = {"docs/_part.md": "# A\n\n## Use it\n\nSo.\n\n## Then\n"}
    assert expand("<!--@include: ../_part.md#use-it-->", files) == "## Use it\n\nSo."


def test_reStructuredText_within_markdown(expand):
    files = {"CHANGES.rst": "1.0\n---\n\n* ``run`` is new\n"}
    assert "- `run` is new" in expand("```{include} ../../CHANGES.rst\n```", files)
    assert "pass" in expand("```{eval-rst}\n.. literalinclude:: ../../docs_src/app.py\n```")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (';--8<-- "docs_src/app.py"', '--8<-- "docs_src/app.py"'),
        ("```md\n{!not/there.md!}\n```", "{!not/there.md!}"),
        ("````md\n```{literalinclude} x.py\n```\n````", "```{literalinclude} x.py"),
        ("Write `{!file.md!}` there.", "`{!file.md!}`"),
        ("{% include note.html content=\"Careful\" %}", "Careful"),
        ("@include what you like", "@include what you like"),
        ("<<< EOF", "<<< EOF"),
        ("<!-- write {!x.md!} -->", "<!-- write {!x.md!} -->"),
    ],
)  # fmt: skip
def test_what_only_shows_a_marker_stays(expand, text, kept):
    assert kept in expand(text)
    assert expand.remarks == []


@pytest.mark.parametrize(
    ("marker", "subject"),
    [
        ("{!docs_src/gone.py!}", "included file not found"),
        ('--8<-- "gone.md"', "included file not found"),
        ('--8<-- "https://example.org/x.md"', "included file not found"),
        ("{{#include gone.rs}}", "included file not found"),
        ("{* gone.py *}", "included file not found"),
        ("<<< @/gone.ts", "included file not found"),
        ("```{literalinclude} gone.py\n```", "included file not found"),
        ("```python\n{!gone.py!}\n```", "included file not found"),
        ("```js file=gone.js\n```", "included file not found"),
        ("import X from './_gone.mdx'\n\n<X />", "included file not found"),
        ('--8<-- "docs_src/app.py:nosuch"', "included part not found"),
        ("{{#include ../../docs_src/app.py:90:99}}", "included part not found"),
        ("```{literalinclude} ../../docs_src/app.py\n:pyobject: Nothing\n```", "included part not found"),
        ("{!../../../outside.md!}", "included file outside the source"),
        ("{!../../../../../../../../../../etc/passwd!}", "included file outside the source"),
        ('--8<-- "../../../../../../../../../../etc/passwd"', "included file outside the source"),
        ("{!../.env!}", "included file is hidden"),
        ("{!.git/config!}", "included file is hidden"),
    ],
)
def test_what_is_missing_is_named_and_its_marker_left_out(expand, marker, subject, tmp_path):
    (tmp_path / "outside.md").write_text("SECRET")
    text = expand(f"Before.\n\n{marker}\n\nAfter.", {".env": "SECRET", ".git/config": "SECRET"})
    assert [word for word in text.split() if word in ("Before.", "After.")] == ["Before.", "After."]
    assert "SECRET" not in text
    assert "gone" not in text.partition("import")[0]
    assert [one[0] for one in expand.remarks] == [subject]
    assert "in guide/page.md" in expand.remarks[0][1]


def test_every_line_of_a_page_without_markers_stays(include):
    text = "# A\n\n- b\n\n~~~\n{{ c }}\n~~~\n\n> {% d %}\n\n    e\n\n<F />\n\n```\nnever closed"
    assert include(text) == text
