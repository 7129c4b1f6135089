"""Code blocks and what is beside them."""

import pytest


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ("<a href='#' class=tooltip title='This example panics'>ⓘ</a>", "This example panics"),
        ("<div class=information><div class='tooltip ignore'>ⓘ</div></div>", "This example is not tested"),
        ("<div class=information><div class='tooltip edition' data-edition=2021>ⓘ</div></div>", ""),
    ],
)
def test_the_mark_of_rustdoc_beside_an_example_becomes_its_sentence(markdown, mark, sentence):
    text = markdown(f"<h1>Cache</h1>{mark}<div class=example-wrap><pre class='rust'><code>go();</code></pre></div>")
    code = "```rust\ngo();\n```"
    assert text == "\n\n".join(filter(None, ["# Cache", sentence, code]))


def test_examples_of_jsdoc_are_javascript_if_they_name_no_other_language(markdown):
    text = markdown(
        "<h4 class=name>get<span class=type-signature></span></h4><pre class=prettyprint><code>get();</code></pre>"
        "<pre class='prettyprint source lang-bash'><code>ls</code></pre>"
    )
    assert "```javascript\nget();" in text
    assert "```bash\nls" in text


def test_code_of_yard_is_ruby_if_it_names_no_other_language(markdown):
    text = markdown(
        "<div class=method_details><h1>Cache</h1><pre class='example code'><code>get</code></pre>"
        "<pre class='code json'><code>{}</code></pre></div>"
    )
    assert "```ruby\nget" in text
    assert "```json\n{}" in text
