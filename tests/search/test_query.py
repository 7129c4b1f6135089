import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.search.query import MAX_CHARACTERS, read_query

TRACEBACK = """my training fails
Traceback (most recent call last):
  File "train.py", line 12, in <module>
    trainer.train()
  File "/home/me/venv/lib/trainer.py", line 300, in train
    loss.backward()
ValueError: Attempting to unscale FP16 gradients.
"""


def test_of_a_traceback_the_error_is_kept_and_the_frames_are_not():
    question = read_query(TRACEBACK)
    assert question.text == "my training fails\nValueError: Attempting to unscale FP16 gradients."
    assert "gradient" in question.terms
    assert "venv" not in question.terms


def test_a_long_query_is_cut():
    question = read_query("word " * 20_000)
    assert question.was_cut
    assert len(question.text) <= MAX_CHARACTERS


def test_words_of_asking_make_no_pairs_among_themselves():
    assert read_query("how do I add a server").pairs == [("i", "add"), ("add", "a"), ("a", "server")]


def test_pairs_join_the_wholes_of_neighbouring_words():
    assert read_query("train DPOTrainer fast").pairs == [("train", "dpotrain"), ("dpotrain", "fast")]


@given(st.text(max_size=200))
def test_any_text_can_be_asked(text):
    question = read_query(text)
    assert not question.was_cut
    assert len(set(question.terms)) == len(question.terms)


@pytest.mark.parametrize(
    "query",
    [
        "Depends", "num_epochs", "SplitConfig.from_file", "grad_clip TrainerConfig", "serve --max-workers --port",
        'add_step(kind="last")', "DATA_CACHE=1 open_data", "std::move", "|>", "open_data()",
    ],
)  # fmt: skip
def test_names_alone_are_looked_up(query):
    assert read_query(query).is_lookup


@pytest.mark.parametrize(
    "query",
    [
        "how do I clip gradients", "grad_clip has no effect on my run", "ValueError: cannot mix types in a column.",
        "what does Trainer do before training", "read-only mode", "",
    ],
)  # fmt: skip
def test_questions_and_errors_are_no_lookups(query):
    assert read_query(query).is_lookup == (query == "")
