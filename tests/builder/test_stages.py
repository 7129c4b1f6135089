"""Stages of a build: reported as they go, and timed."""

import pytest

from vrom.builder.stages import Stages


def test_a_stage_reports_its_start_and_its_units():
    reported = []
    stages = Stages(lambda *progress: reported.append(progress))
    with stages("read") as done:
        done(3, None)
    with stages("cut") as done:
        done(1, 3)
    assert reported == [("read", 0, None), ("read", 3, None), ("cut", 0, None), ("cut", 1, 3)]
    assert list(stages.seconds) == ["read", "cut"]


def test_a_stage_that_fails_has_no_duration():
    stages = Stages(lambda *_: None)
    with pytest.raises(ValueError, match="no tea"), stages("read"):
        raise ValueError("no tea")
    assert stages.seconds == {}
