"""Components: their tags go, what readers see stays."""

import pytest

from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text, name="page.mdx"):
    return rewrite_dialects(text, name, str).text.strip()


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        (
            '<ParamField query="limit" type="integer" default="10" required>',
            "`limit` (query, integer, required, default 10):",
        ),
        ('<ParamField body="user" type="object">', "`user` (body, object):"),
        ('<ResponseField name="id" type="string" deprecated={true}>', "`id` (string, deprecated):"),
        ('<PropertyDef name="size" type="number" default={3}>', "`size` (number, default 3):"),
        ('<Step title="Install it">', "**Install it**:"),
        ('<Accordion title="Why?">', "**Why?**"),
        ('<TabItem value="js" label="JavaScript" default>', "**JavaScript**:"),
        ('<Tab value="App">', "**App**:"),
        ('<Card title="Start" icon={<Icon name="x" />} href="/start">', "**[Start](/start)**:"),
        ("<Note>", "**Note**:"),
        ('<Callout type="warning" title="Careful">', "**Warning: Careful**:"),
        ('<Admonition type="tip">', "**Tip**:"),
        ("<CodeGroup>", ""),
        ("<Frame>", ""),
        ('<div className="grid">', ""),
    ],
)
def test_a_tag_becomes_what_a_reader_sees_of_it(tag, shown):
    name = tag[1:].split(" ")[0].split(">")[0]
    assert rewrite(f"{tag}\nContent.\n</{name}>").split() == f"{shown} Content.".split()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Click <Button variant='x'>Save</Button> now.", "Click Save now."),
        ('<Callout type="warn">Never do it.</Callout>', "**Warning**: Never do it."),
        ('A <Tooltip tip="Short text">word</Tooltip>.', "A word (Short text)."),
        ('<Card title="B" description="Text." href="/b" />', "[B](/b)\n\nText."),
        ('<Image alt="How it flows" src="/a.png" width="3" />', "How it flows"),
        ('Since <Badge type="tip" text="3.4+" />.', "Since 3.4+."),
        ('<a href="/x">Read it</a>.', "[Read it](/x)."),
        ('<Link to="/x">Read it</Link>.', "[Read it](/x)."),
        ('{"text"} and {`more`} and {/* hidden */}x{props.name}.', "text and more and x."),
        ("{list.map(one => <p>{one.name}</p>)}", ""),
        ("{flag && <p>Don't miss it.</p>}", "Don't miss it."),
        (r"Vec\<T\> and \{x\} and `{y}`", r"Vec\<T\> and \{x\} and `{y}`"),
        ("List<String> is a type.", "List<String> is a type."),
        ('<Snippet text="npm install demo" />', "```\nnpm install demo\n```"),
        ('<Icon name="rocket" />', ""),
        ("<Tabs items={['npm', 'yarn']}>\n<Tab>a</Tab>\n<Tab>b</Tab>\n</Tabs>", "**npm**: a\n**yarn**: b"),
    ],
)
def test_components_within_text(line, shown):
    assert rewrite(line) == shown


def test_nested_content_moves_to_where_its_component_begins():
    text = """<Steps>
  <Step title="One">
    Do it:

    ```sh
    if x; then
      run
    fi
    ```

    - a
      - b
  </Step>
</Steps>"""
    assert rewrite(text) == "**One**:\nDo it:\n\n```sh\nif x; then\n  run\nfi\n```\n\n- a\n  - b"


def test_content_in_a_list_stays_in_it():
    text = "1. Install:\n\n   <Note>\n     Root is needed.\n   </Note>\n\n2. Run."
    assert rewrite(text) == "1. Install:\n\n   **Note**:\n   Root is needed.\n\n2. Run."


def test_code_is_as_written():
    text = "```jsx\n<Card title='x'>{y}</Card>\n{/* z */}\n```"
    assert rewrite(text) == text


def test_formulas_are_no_expressions():
    text = "$\\frac{a}{b}$ and\n\n$$\nx_{i}\n$$"
    assert rewrite(text) == text


def test_in_plain_markdown_braces_and_generics_are_text():
    text = "Set {x} and Vec<b> and Promise<Response>."
    assert rewrite(text, "page.md") == text


def test_in_plain_markdown_components_of_vue_and_others_go():
    text = "## Hooks <Badge text='3.4+' />\n\n<Demo />\n\n<Tip>\n\nUse it.\n\n</Tip>"
    assert rewrite(text, "page.md") == "## Hooks 3.4+\n\n**Tip**:\n\nUse it."
