"""What is nowhere in what was searched, and what is only spelled otherwise."""

import pytest

from vrom.index.cartridge import Cartridge
from vrom.search.absence import find_absent, read_as_note
from vrom.search.features import weigh_terms
from vrom.search.hits import Hit
from vrom.search.query import read_query

TREES = [
    *("alder", "apple", "ash", "aspen", "bamboo", "beech", "birch", "cedar", "cherry", "cypress", "elder", "elm"),
    *("fig", "fir", "hazel", "holly", "juniper", "larch", "laurel", "lemon", "linden", "maple", "mulberry", "oak"),
    *("olive", "palm", "pear", "pine", "plum", "poplar", "rowan", "spruce", "walnut", "willow", "yew"),
]
PAGES = {
    f"page-{number}.md": [
        f"# Storing {word} in {TREES[number]}\n\nHow to load, save and stream a dataset of {word} from a file.",
        f"## Options of {word}\n\n`num_generations` and `cache_dir` are options for the {word} loader.",
    ]
    for number, word in enumerate(["audio", "images", "tables", "texts", "videos"] * 7)
}


@pytest.fixture(scope="module")
def cartridge(tmp_path_factory, write_package):
    return Cartridge.open(write_package(tmp_path_factory.mktemp("cartridges"), "loader", PAGES))


def absent(cartridge, question, rare=()):
    parsed = read_query(question)
    count_pieces = (lambda word: 3 if word in rare else 1) if rare else None
    return find_absent([cartridge], parsed, weigh_terms([cartridge], parsed, 0.5), count_pieces)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("load a dataset from Snowflake", ["Snowflake"]),
        ("stream a table out of BigQuery", ["BigQuery"]),
        ("snowflake warehouse credentials", ["snowflake", "warehouse", "credentials"]),
        ("load a dataset of images", []),
        ("Please load the images of my table", []),
        ("which num_genrations for images in walnut", []),
        ("load 4096 images from /var/lib/Snowflake", []),
        ("", []),
    ],
)
def test_a_word_decides_by_its_weight_and_as_a_name_by_its_capital(cartridge, question, words):
    assert absent(cartridge, question) == words


def test_a_rare_word_is_a_name_in_lower_case_too(cartridge):
    question = "stream images from olive and willow to kafka"
    assert absent(cartridge, question) == []
    assert absent(cartridge, question, rare={"kafka"}) == ["kafka"]


def test_in_pasted_text_strange_words_decide_nothing(cartridge):
    text = "KeyError: Snowflake " + " ".join(f"Strange{chr(97 + i)} word{chr(97 + i)}" for i in range(26))
    assert absent(cartridge, text) == []


def test_in_a_tiny_collection_only_names_decide(tmp_path, write_package):
    tiny = Cartridge.open(write_package(tmp_path, "tiny", {"a.md": ["# Kettle\n\nFill it, then switch it on."]}))
    assert absent(tiny, "how do I connect and configure the kettle") == []
    assert absent(tiny, "connect the kettle to Alexa") == ["Alexa"]


def test_a_typo_is_read_as_what_is_there_and_said_as_it_is_written_there(cartridge):
    parsed = read_query("which num_genrations for images in walnut")
    note = read_as_note(parsed, weigh_terms([cartridge], parsed, 0.5), [Hit(cartridge, 1, 1.0)])
    assert note == "Read 'num_genrations' as 'num_generations'."
    parsed = read_query("load images")
    assert read_as_note(parsed, weigh_terms([cartridge], parsed, 0.5), [Hit(cartridge, 1, 1.0)]) == ""


@pytest.mark.parametrize(
    ("question", "words"), [("क्षमता", ["क्षमता"]), ("鳥", ["鳥"]), ("पेड़ का रंग", []), ("रग", ["रग"])]
)
def test_a_word_of_another_script_that_is_nowhere_is_told_however_small_the_cartridge(make_package, question, words):
    tiny = Cartridge.open(make_package("tiny", {"a.md": ["# पेड़\n\nहर पेड़ का रंग हरा है।"]}))
    assert absent(tiny, question) == words


def test_a_typo_of_accents_is_no_absent_word(make_package):
    tiny = Cartridge.open(make_package("tiny", {"a.md": ["# Crème\n\nLa crème brûlée est prête."]}))
    assert absent(tiny, "creme brulée") == []
