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
