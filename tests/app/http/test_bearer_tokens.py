import hashlib
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.app.http.bearer_tokens import KnownTokens, digest_of, parse_tokens
from vrom.errors import InvalidArgumentError, NotFoundError

DIGEST = "a" * 64


def test_a_token_is_kept_as_its_hash_that_nobody_else_may_read(tmp_path):
    tokens = KnownTokens(tmp_path / "home" / "tokens")
    token = tokens.add("laptop")
    assert tokens.find(token).name == "laptop"
    kept = tokens.file.read_text()
    assert token not in kept
    assert kept == f"{hashlib.sha256(token.encode()).hexdigest()}  laptop\n"
    assert stat.S_IMODE(tokens.file.stat().st_mode) == 0o600
    assert [path.name for path in tokens.file.parent.iterdir()] == ["tokens"], "nothing is left beside it"


def test_each_is_another_and_long(tmp_path):
    tokens = KnownTokens(tmp_path / "tokens")
    made = {tokens.add(f"t{i}") for i in range(20)}
    assert len(made) == 20
    assert all(len(token) >= 43 and token.startswith("vrom_") for token in made)


@given(st.text())
def test_only_the_token_itself_is_known(guess):
    tokens = KnownTokens(Path("nowhere"), parse_tokens(digest_of("vrom_right"), "here"))
    assert (tokens.find(guess) is not None) == (guess == "vrom_right")


def test_what_another_process_adds_or_removes_counts_at_once(tmp_path):
    serving, command = KnownTokens(tmp_path / "tokens"), KnownTokens(tmp_path / "tokens")
    token = command.add("a")
    other = command.add("b")
    assert serving.find(token)
    assert serving.find(other)
    command.remove("a")
    assert not serving.find(token)
    assert serving.find(other)


def test_comments_stay_and_a_file_that_is_none_lets_nobody_in(tmp_path):
    file = tmp_path / "tokens"
    file.write_text(f"# the team\n\n{digest_of('x')}\n")
    tokens = KnownTokens(file)
    assert tokens.find("x").name == "token-1"
    tokens.add("y")
    assert file.read_text().startswith("# the team\n")
    file.write_text("the-token-in-clear\n")
    assert tokens.find("x") is None
    with pytest.raises(InvalidArgumentError, match="entry 1: expected a SHA-256 hash") as failure:
        tokens.all()
    assert "the-token-in-clear" not in str(failure.value), "it may be a secret"


def test_names_are_plain_and_given_once(tmp_path):
    tokens = KnownTokens(tmp_path / "tokens")
    tokens.add("a.b-c_d@e")
    for name in ("", "a b", "a\nb", "x" * 65, "é"):
        with pytest.raises(InvalidArgumentError, match="expected 1 to 64 letters"):
            tokens.add(name)
    with pytest.raises(InvalidArgumentError, match="already"):
        tokens.add("a.b-c_d@e")
    with pytest.raises(NotFoundError, match=r"Did you mean 'a\.b-c_d@e'"):
        tokens.remove("a.b-c_d")


@pytest.mark.parametrize("text", [DIGEST, f"sha256:{DIGEST} a", f"  {DIGEST.upper()}\ta \n", f"# x\n{DIGEST}  a,\n,"])
def test_entries_are_read_however_they_are_written(text):
    assert [token.digest for token in parse_tokens(text, "here")] == [DIGEST]


@pytest.mark.parametrize("text", [DIGEST[1:], DIGEST + "a", f"{DIGEST} a b", "g" * 64, f"{DIGEST}{DIGEST}"])
def test_others_are_refused(text):
    with pytest.raises(InvalidArgumentError, match="here, entry 1"):
        parse_tokens(text, "here")


def test_a_token_has_the_spaces_that_it_was_given(tmp_path):
    tokens = KnownTokens(tmp_path / "tokens")
    member, guest = tokens.add("member", ["team", "ops"]), tokens.add("guest")
    assert tokens.find(member).spaces == ("team", "ops")
    assert tokens.find(guest).spaces == ()
    with pytest.raises(InvalidArgumentError, match="a,b"):
        tokens.add("other", ["a,b"])
