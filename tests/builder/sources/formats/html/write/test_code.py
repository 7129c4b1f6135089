"""Code blocks: lines and language."""

import pytest

TWO = "a = 1\nb = 2"


@pytest.mark.parametrize(
    "block",
    [
        "<pre>a = 1\nb = 2</pre>",
        "<pre><code><div class=line>a = 1</div><div class=line>b = 2</div></code></pre>",
        "<pre><code><span class=line>a = 1</span><span class=line>b = 2</span></code></pre>",
        "<pre><code><span class=line>a = 1</span>\n<span class=line>b = 2</span></code></pre>",
        "<pre><code><span class=token-line>a = 1<br></span><span class=token-line>b = 2<br></span></code></pre>",
        "<pre>a = 1<br>b = 2</pre>",
        "<pre><ol><li>a = 1</li><li>b = 2</li></ol></pre>",
        "<pre><code>a = 1</code><code>b = 2</code></pre>",
        "<pre><table><tr><td class=hljs-ln-numbers>1</td><td>a = 1</td></tr><tr><td class=hljs-ln-numbers>2</td>"
        "<td>b = 2</td></tr>"
        "</table></pre>",
        "<table class=highlighttable><tr><td class=linenos><pre>1\n2</pre></td><td class=code>"
        "<pre>a = 1\nb = 2</pre></td></tr></table>",
        "<table><tr><td><pre>1\n2\n</pre></td><td><pre>a = 1\nb = 2</pre></td></tr></table>",
        "<pre><span class=lineno>1 </span>a = 1\n<span class=lineno>2 </span>b = 2</pre>",
        "<pre><span style='user-select:none'>1</span>a = 1\n<span style='user-select: none'>2</span>b = 2</pre>",
        "<div class=fragment><div class=line><span class=lineno>1</span>&#160;a = 1</div>"
        "<div class=line><span class=lineno>2</span>&#160;b = 2</div></div>",
        "<p><code>a = 1<br>b = 2</code></p>",
        "<pre>a = 1\nb = 2<button>Copy</button></pre>",
        "<div class=frame><span>Copy</span><pre>a = 1\nb = 2</pre></div>",
    ],
)
def test_lines_are_those_that_a_browser_shows(markdown, block):
    assert markdown(f"<h1>T</h1>{block}<p>End.</p>") == f"# T\n\n```\n{TWO}\n```\n\nEnd."


@pytest.mark.parametrize(
    ("block", "language"),
    [
        ("<pre><code class=language-ts>x</code></pre>", "ts"),
        ("<pre><code class='hljs python'>x</code></pre>", "python"),
        ("<pre class='prettyprint lang-c++'>x</pre>", "c++"),
        ("<pre class='brush: java; toolbar: false'>x</pre>", "java"),
        ("<pre class='src src-emacs-lisp'>x</pre>", "emacs-lisp"),
        ("<pre class='sourceCode r'><code>x</code></pre>", "r"),
        ("<pre data-lang=go>x</pre>", "go"),
        ("<pre><code data-language=rust>x</code></pre>", "rust"),
        ("<div class='highlight highlight-source-shell'><pre>x</pre></div>", "shell"),
        ("<div class='highlight highlight-text-html-basic'><pre>x</pre></div>", "html"),
        ("<div class='language-js line-numbers-mode'><span class=lang>js</span><pre>x</pre></div>", "js"),
        ("<pre><code class='language-rust,ignore'>x</code></pre>", "rust"),
        ("<pre class='rust item-decl'>x</pre>", "rust"),
        ("<pre class=mermaid>x</pre>", "mermaid"),
        ("<div class=highlight-default><div class=highlight><pre>x</pre></div></div>", ""),
        ("<pre><code class='hljs language-text'>x</code></pre>", ""),
        ("<pre class=language-plaintext>x</pre>", ""),
        ("<pre class='code literal-block'>x</pre>", ""),
        ("<pre lang=en>x</pre>", ""),
        ("<div class='language-python'><p>x</p><pre>x</pre></div>", ""),
    ],
)
def test_the_language_is_the_stated_one_or_none(markdown, block, language):
    assert f"```{language}\nx\n```" in markdown(f"<p>Text.</p>{block}")


def test_added_and_removed_lines_are_a_diff(markdown):
    lines = (
        "<span class='line diff remove'>a = 1</span>\n<span class='line diff add'>a = 2</span>\n"
        "<span class=line>b</span>"
    )
    assert markdown(f"<pre><code class=language-py>{lines}</code></pre>") == "```diff\n- a = 1\n+ a = 2\n  b\n```"


def test_the_same_in_two_languages_is_two_blocks(markdown):
    code = "<pre><code class=language-mjs>import x</code><code class=language-cjs>require</code></pre>"
    assert markdown(code) == "```mjs\nimport x\n```\n\n```cjs\nrequire\n```"


def test_prompts_are_kept(markdown):
    assert "$ run" in markdown("<pre><span class=gp style='user-select:none'>$ </span>run</pre>")
