import hashlib

import pytest

from vrom.storage.digest import sha256_of


def test_the_digest_is_that_of_all_bytes(tmp_path):
    content = bytes(range(256)) * 10_000
    (tmp_path / "file").write_bytes(content)
    assert sha256_of(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_a_folder_has_none(tmp_path):
    with pytest.raises(OSError, match="it is no file"):
        sha256_of(tmp_path)
