"""Members of API pages: a heading each, with the signature as code."""

import pytest


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (  # rustdoc
            "<details><summary><section id='method.get' class=method><h4 class=code-header>pub fn <a class=fn>get</a>"
            "&lt;Q&gt;(&amp;self, k: &amp;Q) -&gt; V</h4></section></summary><div class=docblock><p>Gets.</p>"
            "</div></details>",
            "#### get\n\n```rust\npub fn get<Q>(&self, k: &Q) -> V\n```\n\nGets.",
        ),
        (  # rustdoc, its lines in the source
            "<section id='method.put' class=method><h4 class=code-header>pub fn <a class=fn>put</a>&lt;K&gt;(\n"
            "    &amp;mut self,\n    k: K,\n) -&gt; Keys <a href='#' class=tooltip data-notable-ty=Keys>ⓘ</a>"
            "<div class=where>where\n    K: Ord,</div></h4></section><p>Puts.</p>",
            "#### put\n\n```rust\npub fn put<K>(\n    &mut self,\n    k: K,\n) -> Keys\nwhere\n    K: Ord,\n```\n\n"
            "Puts.",
        ),
        (  # rustdoc, before 2023
            "<section id='method.put' class=method><h4 class=code-header>fn <a class=fnname>put</a>(k: K) -&gt; Keys"
            "<span class=notable-traits>ⓘ<span class=notable>Notable traits for Keys</span></span> "
            "<span class='where fmt-newline'>where<br>&nbsp;&nbsp;&nbsp;&nbsp;K: Ord,&nbsp;</span></h4></section>",
            "#### put\n\n```rust\nfn put(k: K) -> Keys\nwhere\n    K: Ord,\n```",
        ),
        (  # javadoc
            "<ul class=member-list><li><section class=detail id='get()'><h3>get</h3><div class=member-signature>"
            "<span>public</span>&nbsp;<span>int</span>&nbsp;<span>get</span>()</div><div class=block>Gets.</div>"
            "</section></ul>",
            "### get\n\n```java\npublic int get()\n```\n\nGets.",
        ),
        (  # javadoc, before 2018
            "<ul class=blockList><li class=blockList><h4>get</h4><pre>int&nbsp;get()</pre>"
            "<div class=block>Gets.</div></ul>",
            "#### get\n\n```java\nint get()\n```\n\nGets.",
        ),
        (  # Doxygen
            "<h2 class=memtitle><span class=permalink><a href='#a'>◆ </a></span>get()</h2><div class=memitem>"
            "<div class=memproto>"
            "<table class=memname><tr><td>int get </td><td>(</td><td>int k</td><td>)</td></tr></table></div>"
            "<div class=memdoc><p>Gets.</p></div></div>",
            "### get()\n\n```cpp\nint get (int k)\n```\n\nGets.",
        ),
        (  # Doxygen, older
            "<h2 class=groupheader>Functions</h2><div class=memitem><div class=memproto><table><tr>"
            "<td>int ns::get </td>"
            "<td>(</td><td>)</td></tr></table></div><div class=memdoc>Gets.</div></div>",
            "## Functions\n\n### ns::get\n\n```cpp\nint ns::get ()\n```\n\nGets.",
        ),
        (  # TypeDoc
            "<section class=tsd-member><h3><span>get</span></h3><ul class=tsd-signatures><li class=tsd-signature>"
            "get(k: <a>string</a>): void</li><li><p>Gets.</p><h4>Returns void</h4></li></ul></section>",
            "### get\n\n```typescript\nget(k: string): void\n```\n\nGets.\n\n#### Returns void",
        ),
        (  # JSDoc
            "<h4 class=name id=get>"
            "<span class=type-signature>(static) </span>get<span class=signature>(k)</span></h4><p>Gets.</p>",
            "#### get\n\n```javascript\n(static) get(k)\n```\n\nGets.",
        ),
        (  # ExDoc
            "<section class=detail id='get/1'><div class=detail-header><h1 class=signature>get(k \\\\ nil)</h1></div>"
            "<section><p>Gets.</p><h2>Examples</h2><p>x</p></section></section>",
            "#### get\n\n```elixir\nget(k \\\\ nil)\n```\n\nGets.\n\n##### Examples\n\nx",
        ),
        (  # YARD
            "<div class=method_details><h3 class=signature>- (<tt>Hash</tt>) <strong>get</strong>(k)</h3>"
            "<p>Gets.</p></div>",
            "#### get\n\n```ruby\n- (Hash) get(k)\n```\n\nGets.",
        ),
        (  # YARD, with overloads
            "<div class=method_details><h3 class=signature>\n<span class=overload>#<strong>get</strong>(k) ⇒ <tt>Object"
            "</tt></span>\n<span class=overload>#<strong>get</strong>(k, default) ⇒ <tt>Object</tt></span>\n"
            "<span class=aliases>Also known as: <span class=names>fetch</span></span></h3><p>Gets.</p></div>",
            "#### get\n\n```ruby\n#get(k) ⇒ Object\n#get(k, default) ⇒ Object\n```\n\nAlso known as: fetch\n\nGets.",
        ),
        (  # pdoc
            "<section id=f><div class='attr function'><div class=decorator>@cached</div>\n<span class=def>def</span> "
            "<span class=name>get</span><span class='signature pdoc-code multiline'>(<span class=param>\t<span>k: "
            "str</span>,</span><span class=param>\t<span>n: int</span></span><span class=return-annotation>) -&gt; "
            "int:</span></span></div><div class=docstring><p>Gets.</p></div></section>",
            "#### get\n\n```python\n@cached\ndef get(\n    k: str,\n    n: int\n) -> int:\n```\n\nGets.",
        ),
        (  # mkdocstrings
            "<h3 id='cache.Cache.get' class='doc doc-heading'><code class='highlight language-python'>"
            "<span class=n>get</span>(k, n=1)</code></h3><div class=doc-contents><p>Gets.</p></div>",
            "### get\n\n```python\nget(k, n=1)\n```\n\nGets.",
        ),
        (  # mkdocstrings, without a signature in the heading
            "<h3 id='cache.Cache' class='doc doc-heading'><code>Cache</code></h3><p>Keeps.</p>",
            "### `Cache`\n\nKeeps.",
        ),
        (  # Haddock
            "<div class=top><p class=src><a class=def>get</a> :: k -&gt; v <a class=link>Source</a></p><div>"
            "<p>Gets.</p></div></div>",
            "#### get\n\n```haskell\nget :: k -> v\n```\n\nGets.",
        ),
    ],
)
def test_each_generator(markdown, page, expected):
    assert markdown(page) == expected


def test_members_of_a_class_are_below_it_and_what_is_written_about_them_is_below_them(markdown):
    text = markdown(
        "<h1>cache</h1><dl class='py class'><dt class=sig id=cache.Cache>class cache.Cache</dt><dd><p>Keeps.</p>"
        "<dl class='py method'><dt class=sig id=cache.Cache.get>get(k)<a class=headerlink href='#g'>¶</a></dt>"
        "<dd><h2>Notes</h2><p>Gets.</p></dd></dl></dd></dl>"
    )
    assert [line for line in text.split("\n") if line.startswith("#")] == [
        "# cache",
        "#### cache.Cache",
        "##### cache.Cache.get",
        "###### Notes",
    ]


def test_overloads_share_a_heading_and_a_code_block(markdown):
    text = markdown("<dl class=py><dt class=sig id=f>f(a)</dt><dt class=sig>f(a, b)</dt><dd><p>Does.</p></dd></dl>")
    assert text == "#### f\n\n```python\nf(a)\nf(a, b)\n```\n\nDoes."


def test_parameters_on_lines_of_their_own_stay_so(markdown):
    text = markdown(
        "<dl class='py function'><dt class='sig sig-object py' id=f><span class=sig-name>f</span>(\n<dl>\n<dd>a,"
        "</dd>\n<dd><em>b</em>,</dd>\n</dl>\n) → int</dt><dd><p>Does.</p></dd></dl>"
    )
    assert text == "#### f\n\n```python\nf(\n    a,\n    b,\n) → int\n```\n\nDoes."


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("<span class=sig-name>--size</span><span class=sig-prename> &lt;n&gt;</span>", "--size"),
        ("<span class=sig-name>-s</span>, <span class=sig-name>--size</span>", "-s, --size"),
        ("<span class=sig-name>-s</span><span class=sig-prename> &lt;n&gt;</span><span class=sig-prename>, </span>"
         "<span class=sig-name>--size</span><span class=sig-prename> &lt;n&gt;</span>", "-s, --size"),
        ("template&lt;class <span class=sig-name>T</span>&gt;<br>T <span class=sig-prename>ns::</span>"
         "<span class=sig-name>get</span>()", "ns::get"),
        ("<span class=sig-prename>cache.</span><span class=sig-name>get</span>(k)", "cache.get"),
    ],
)  # fmt: skip
def test_the_name_of_a_member_of_sphinx_is_the_one_that_it_declares(markdown, signature, name):
    text = markdown(f"<dl class=std><dt class='sig sig-object' id=a-b>{signature}</dt><dd><p>Does.</p></dd></dl>")
    assert text.startswith(f"#### {name}\n")


def test_an_ordinary_list_of_terms_has_no_headings(markdown):
    assert markdown("<dl><dt id=x>term</dt><dd>meaning</dd></dl>") == "**term**\n\nmeaning"
