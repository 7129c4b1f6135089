"""Import and export statements, scripts and styles."""

import pytest

from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text, name="page.mdx"):
    return rewrite_dialects(text, name, str).text.strip()


@pytest.mark.parametrize(
    "statement",
    [
        "import A from 'a'",
        "import A from 'a'; import B, { C } from \"b\";",
        "import {\n  A,\n  B as C,\n} from 'a';",
        "import * as all from 'a'",
        "import './style.css'",
        "import type { A } from 'a'",
        "export { default } from './x'",
        "export const a = 1",
        "export const data = [\n  {a: 1},\n\n  {b: '}'},\n]",
        "export const Box = ({children}) => (\n  <div>\n\n    {children}\n\n  </div>\n);",
        "export default function Page({ children }) {\n  return <A>{children}</A>\n}",
        "export async function load() {\n\n  return `a\n\nb`\n}",
        "<script setup>\nimport A from './A.vue'\n\nconst x = 1\n</script>",
        "<style scoped>\n.a {\n\n}\n</style>",
    ],
)
def test_a_statement_goes_whole(statement):
    assert rewrite(f"Before.\n\n{statement}\n\nAfter.") == "Before.\n\nAfter."


@pytest.mark.parametrize(
    "text",
    [
        "import is a word",
        "Text that\nimports things.",
        "```js\nimport A from 'a'\n\nexport const b = 1\n```",
        "exports: none",
    ],
)
def test_other_text_stays(text):
    assert rewrite(text) == text


def test_a_statement_that_never_ends_takes_its_paragraph():
    assert rewrite("export const a = {\n\nText.") == "Text."


def test_a_page_that_imports_is_mdx_whatever_its_suffix():
    assert rewrite("import A from 'a'\n\n{/* hidden */}\n\n<A x={1}>Text.</A>", "page.md") == "Text."


def test_imports_of_a_script_do_not_make_braces_expressions():
    text = "<script setup>\nimport A from './A.vue'\n</script>\n\nCount is: {{ count }}."
    assert rewrite(text, "page.md") == "Count is: {{ count }}."


def test_a_field_of_the_front_matter_is_put_in():
    text = "---\ntitle: Ports\n---\n\n# {{ $frontmatter.title }}\n"
    assert rewrite(text, "page.md") == "# Ports"
