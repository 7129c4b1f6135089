"""Packages that are in no registry: the public one may have another of that name."""

import pytest

from vrom.project.locks.javascript.registry import foreign_origin


@pytest.mark.parametrize(
    ("specifier", "origin"),
    [
        ("^1.2.0", ""), ("latest", ""), ("npm:other@1", ""), ("npm:@a/b@1", ""), ("workspace:*", ""), ("catalog:", ""),
        ("file:../lib", "file:../lib"), ("link:./lib", "file:./lib"), ("portal:../lib", "file:../lib"),
        ("../lib", "file:../lib"), ("a/b#v1", "git+https://github.com/a/b"), ("gitlab:a/b", "git+https://gitlab.com/a/b"),
        ("git+ssh://git@git.example/a/b.git#v1", "git+ssh://git.example/a/b.git"),
        ("https://me:secret@git.example/a.git#main", "git+https://git.example/a.git"),
        ("https://files.example/a.tgz", "file:https://files.example/a.tgz"), (">=1 <2 || 3.x", ""),
    ],
)  # fmt: skip
def test_what_a_project_lists_says_where_it_is_from(specifier, origin):
    assert foreign_origin(specifier) == origin
