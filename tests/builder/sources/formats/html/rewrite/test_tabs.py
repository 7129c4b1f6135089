"""Tabs of many generators: every panel after its label."""

import pytest

PANELS = "<{0} {1}><p>apt get</p></{0}><{0} {1} hidden><p>brew get</p></{0}>"


@pytest.mark.parametrize(
    "tabs",
    [
        "<ul role=tablist><li role=tab>Linux<li role=tab>Mac</ul><div>"
        + PANELS.format("div", "role=tabpanel")
        + "</div>",
        "<div><div role=tablist><button role=tab>Linux</button><button role=tab>Mac</button></div>"
        + PANELS.format("div", "role=tabpanel")
        + "</div>",
        '<ul role=tablist><li><a role=tab href="#p1" id=a>Linux</a><li><a role=tab href="#p2" id=b>Mac</a></ul>'
        "<div role=tabpanel id=p2><p>brew get</p></div>".replace("p2><p>brew", "p1><p>apt")
        + "<div role=tabpanel id=p2 style='display: none'><p>brew get</p></div>",
        "<div class=set><input type=radio id=i1><label for=i1>Linux</label><div><p>apt get</p></div>"
        "<input type=radio id=i2><label for=i2>Mac</label><div><p>brew get</p></div></div>",
        "<div class=tabbed-set><input type=radio id=i1><input type=radio id=i2><div class=tabbed-labels>"
        "<label for=i1>Linux</label><label for=i2>Mac</label></div><div class=tabbed-content>"
        + PANELS.format("div", "class=tabbed-block")
        + "</div></div>",
        '<ul class="nav nav-tabs"><li><a data-toggle=tab href="#x1">Linux</a><li>'
        '<a data-toggle=tab href="#x2">Mac</a></ul>'
        "<div class=tab-content><div id=x1 class=tab-pane><p>apt get</p></div><div id=x2 class=tab-pane>"
        "<p>brew get</p></div></div>",
        "<section><div><ul class=tablist><li id=t1 class=tab><p>Linux</p><li id=t2 class=tab><p>Mac</p></ul></div>"
        "<div aria-labelledby=t1><p>apt get</p></div>"
        "<div aria-labelledby=t2 aria-hidden=true><p>brew get</p></div></section>",
        "<div class=tabs><button>Linux</button><button>Mac</button></div>" + PANELS.format("div", "class=tabcontent"),
        "<tabs><tab-item label=Linux><p>apt get</p></tab-item><tab-item label=Mac><p>brew get</p></tab-item></tabs>",
    ],
)
def test_each_panel_follows_its_label_though_it_is_hidden(markdown, tabs):
    assert markdown(f"<h1>Get</h1>{tabs}<p>Then go on.</p>").endswith(
        "**Linux**\n\napt get\n\n**Mac**\n\nbrew get\n\nThen go on."
    )


def test_of_tabs_whose_panels_are_loaded_later_the_selected_one_is_labelled(markdown):
    tabs = "<ul role=tablist><li role=tab>A<li role=tab aria-selected=true>B</ul><div role=tabpanel><p>b</p></div>"
    assert markdown(tabs) == "**B**\n\nb"


def test_tabs_within_tabs_have_their_own_labels(markdown):
    inner = (
        "<div><ul role=tablist><li role=tab>x<li role=tab>y</ul><div role=tabpanel>1</div>"
        "<div role=tabpanel>2</div></div>"
    )
    text = markdown(f"<ul role=tablist><li role=tab>A</ul><div role=tabpanel id=outer>{inner}</div>")
    assert text == "**A**\n\n**x**\n\n1\n\n**y**\n\n2"


def test_ordinary_labels_and_lists_are_no_tabs(markdown):
    assert markdown('<ul class="steps"><li>one<li>two</ul><div>three</div>') == "- one\n- two\n\nthree"
