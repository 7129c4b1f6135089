"""The tag of a version."""

import pytest

from vrom.project.sources.repository.tags import find_tag


@pytest.mark.parametrize(
    ("name", "version", "tags", "expected"),
    [
        ("kettle", "1.2", ["v1.1", "v1.2", "v1.2.1"], "v1.2"),
        ("kettle", "1.2", ["1.2"], "1.2"),
        ("kettle", "1.2", ["release-1.2"], "release-1.2"),
        ("kettle", "1.2", ["release/v1.2"], "release/v1.2"),
        ("sqlalchemy", "2.0.30", ["rel_2_0_3", "rel_2_0_30"], "rel_2_0_30"),
        ("kettle", "1.2", ["kettle-1.2", "v1.2"], "kettle-1.2"),
        ("@tea/kettle", "1.2.0", ["teapot@1.2.0", "kettle@1.2.0"], "kettle@1.2.0"),
        ("@tea/kettle", "1.2.0", ["@tea/kettle@1.2.0", "v1.2.0"], "@tea/kettle@1.2.0"),
        ("tea-kettle", "1.2", ["tea_kettle/v1.2"], "tea_kettle/v1.2"),
        ("h11", "0.14.0", ["h11-0.14.0"], "h11-0.14.0"),
        ("kettle", "2.0.0rc1", ["v2.0.0-rc.1"], "v2.0.0-rc.1"),
        ("kettle", "1.2.0", ["v1.2"], "v1.2"),
        ("kettle", "1.2.0", ["v1.2", "v1.2.0"], "v1.2.0"),
        ("kettle", "1.0.0", ["v1"], None),
        ("kettle", "1", ["v1"], "v1"),
        ("kettle", "1.2", ["v11.2", "v0.1.2", "v1.20", "v1.2rc1", "teapot-1.2", "x1.2", "main", ""], None),
    ],
)
def test_which_tag_marks_a_version(name, version, tags, expected):
    assert find_tag(tags, name, version) == expected
