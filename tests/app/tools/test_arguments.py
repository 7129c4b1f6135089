import pytest
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field, ValidationError

from vrom.app.tools.arguments import SYNONYMS, checked, find_too_long, readable

SEARCH = {"query": {}, "cartridges": {}, "top_k": {}, "max_tokens": {}}
CONTEXT = {"cartridge": {}, "chunk_id": {}, "max_tokens": {}}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"query": "q", "library": "trl"}, {"query": "q", "cartridges": ["trl"]}),
        ({"query": "q", "max_results": 3, "cartridges": None}, {"query": "q", "top_k": 3}),
        ({"query": "q", "limit": 3}, {"query": "q", "top_k": 3}),
        ({"query": "q", "k": 3, "tokens": 500}, {"query": "q", "top_k": 3, "max_tokens": 500}),
        ({"q": "q"}, {"query": "q"}),
    ],
)
def test_names_that_models_invent_are_understood(given, meant):
    assert checked("search_docs", given, SEARCH) == meant


def test_the_same_name_means_what_the_tool_has():
    assert checked("get_chunk_context", {"library": "trl", "id": 4}, CONTEXT) == {"cartridge": "trl", "chunk_id": 4}
    assert checked("get_chunk_context", {"cartridges": ["trl"], "id": 4}, CONTEXT) == {
        "cartridge": "trl",
        "chunk_id": 4,
    }


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("trl", ["trl"]),
        ("trl, peft", ["trl", "peft"]),
        ('["trl", "peft"]', ["trl", "peft"]),
        ("['trl', 'peft']", ["trl", "peft"]),
        ("[trl, peft]", ["trl", "peft"]),
        ("[]", []),
        ("[" * 5000, []),
    ],
)
def test_a_list_written_as_text_is_understood(given, names):
    assert checked("search_docs", {"query": "q", "cartridges": given[:2000]}, SEARCH)["cartridges"] == names


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"cartridge": "trl", "chunk_id": "12"}, {"cartridge": "trl", "chunk_id": 12}),
        ({"cartridge": "trl", "chunk_id": "#12"}, {"cartridge": "trl", "chunk_id": 12}),
        ({"cartridge": "trl", "chunk_id": "sym#12"}, {"cartridge": "trl", "chunk_id": 12}),
        ({"chunk_id": "npm.zod#12"}, {"cartridge": "npm.zod", "chunk_id": 12}),
        ({"cartridge": "trl", "chunk_id": "twelve"}, {"cartridge": "trl", "chunk_id": "twelve"}),
    ],
)
def test_a_chunk_is_found_as_answers_name_it(given, meant):
    assert checked("get_chunk_context", given, CONTEXT) == meant


def test_a_documents_address_names_the_cartridge_and_the_document():
    parameters = {"cartridge": {}, "source_file": {}}
    given = {"source_file": "vrom://trl@1.0/guides/a%20b.md"}
    assert checked("read_document", given, parameters) == {"cartridge": "trl@1.0", "source_file": "guides/a b.md"}
    assert checked("read_document", given | {"cartridge": "trl"}, parameters)["cartridge"] == "trl"


def test_an_argument_given_twice_or_unknown_is_answered_with_the_right_names():
    with pytest.raises(ToolError, match="search_docs has no argument 'limit'"):
        checked("search_docs", {"query": "q", "top_k": 1, "limit": 3}, SEARCH)
    with pytest.raises(ToolError, match=r"no argument 'max_token'\. Did you mean 'max_tokens'"):
        checked("search_docs", {"query": "q", "max_token": 3}, SEARCH)


def test_an_argument_that_is_too_long_is_refused_and_a_question_is_not():
    with pytest.raises(ToolError, match=r"cartridges: 2,001 characters, at most 2,000"):
        checked("search_docs", {"query": "q", "cartridges": ["x" * 2_001]}, SEARCH)
    with pytest.raises(ToolError, match=r"cartridges: 201 items, at most 200"):
        checked("search_docs", {"query": "q", "library": ["x"] * 201}, SEARCH)
    assert checked("search_docs", {"question": "x" * 50_000}, SEARCH) == {"query": "x" * 50_000}


def test_half_a_character_is_replaced():
    assert checked("search_docs", {"query": "a\ud800b", "top_k": 3}, SEARCH) == {"query": "a?b", "top_k": 3}


def test_every_synonym_leads_to_a_parameter_that_some_tool_has():
    known = {"query", "cartridges", "cartridge", "top_k", "max_tokens", "context_window", "chunk_id", "source_file"}
    known |= {"section", "response_format"}
    assert {name for meant in SYNONYMS.values() for name in meant} <= known


def test_what_is_wrong_is_said_in_one_line_with_what_was_given():
    class Arguments(BaseModel):
        top_k: int = Field(le=50)
        query: str

    with pytest.raises(ValidationError) as failure:
        Arguments.model_validate({"top_k": 99})
    assert readable(failure.value) == (
        "top_k: input should be less than or equal to 50 (given: 99). query: field required."
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"section": "x" * 400_000}, "section: 400,000 characters, at most 2,000 are accepted."),
        ({"cartridges": ["a", "x" * 3_000]}, "cartridges: 3,000 characters"),
        ({"cartridges": ["a"] * 1_000}, "cartridges: 1,000 items, at most 200 are accepted."),
        ({"query": "x" * 400_000, "section": "x" * 2_000}, ""),
    ],
)
def test_every_argument_is_bounded_and_the_query_elsewhere(arguments, problem):
    assert find_too_long(arguments).startswith(problem)
    assert bool(find_too_long(arguments)) == bool(problem)


@pytest.mark.parametrize(
    ("given", "queries"),
    [
        ("lid", "lid"),
        (["lid", "lamp"], ["lid", "lamp"]),
        ('["lid", "lamp"]', ["lid", "lamp"]),
        ('["lid"]', ['["lid"]']),
        ('{"error": "E_LID"}', ['{"error": "E_LID"}']),
        ("[lid]", "[lid]"),
        ("null", ["null"]),
    ],
)
def test_a_query_may_be_a_list_and_is_never_taken_for_other_json(given, queries):
    assert checked("search_docs", {"query": given}, {"query": {}, "top_k": {}}) == {"query": queries}
