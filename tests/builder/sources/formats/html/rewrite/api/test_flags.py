"""Flags of members, as TypeDoc writes them."""


def test_flags_are_no_part_of_a_heading(markdown):
    text = markdown(
        "<h1>Variable MAX<code class=tsd-tag>Const</code></h1>"
        "<section class=tsd-member><h3><code class=tsd-tag>Readonly</code><span>count</span></h3><p>Counts.</p>"
    )
    assert text == "# Variable MAX\n\n`Const`\n\n### count\n\n`Readonly`\n\nCounts."


def test_the_labels_of_a_python_object_are_no_part_of_its_heading(markdown):
    text = markdown(
        "<h2 class='doc doc-heading'><span class='doc doc-object-name'>count</span> <span class='doc doc-labels'>"
        "<small class='doc doc-label'><code>property</code></small></span></h2><p>Counts.</p>"
    )
    assert text == "## count\n\n`property`\n\nCounts."


def test_a_flag_elsewhere_is_a_word_of_its_own(markdown):
    text = markdown("<ul><li><span><code class=tsd-tag>Optional</code><span>key</span>: string</span></li></ul>")
    assert text == "- `Optional` key: string"


def test_a_heading_of_nothing_but_a_flag_stays(markdown):
    assert markdown("<h2><code class=tsd-tag>Optional</code></h2><p>x</p>") == "## `Optional`\n\nx"
