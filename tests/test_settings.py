import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vrom.errors import InvalidArgumentError
from vrom.format.limits import Limits
from vrom.settings import Settings, bundled_cartridges, read_host_folders, read_settings


def roots(tmp_path: Path, cartridges=(), **environment: str) -> list[Path]:
    environment = {"VROM_HOME": str(tmp_path / "home"), **environment}
    return list(read_settings(cartridges, environment, project=tmp_path / "project").roots)


def test_cartridges_are_found_in_the_project_the_home_and_the_installation(tmp_path):
    assert roots(tmp_path) == [
        tmp_path / "project" / ".vrom" / "cartridges",
        tmp_path / "home" / "vroms",
        bundled_cartridges(),
    ]


def test_the_command_line_comes_before_the_environment_and_either_stands_alone(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    assert roots(tmp_path, VROM_CARTRIDGES=f"{a}{os.pathsep}{b}") == [a, b]
    assert roots(tmp_path, [b], VROM_CARTRIDGES=str(a)) == [b]
    assert len(roots(tmp_path, VROM_CARTRIDGES="")) == 3


def test_the_project_is_the_one_that_the_host_names(tmp_path):
    settings = read_settings(environment={"CLAUDE_PROJECT_DIR": str(tmp_path)})
    assert settings.roots[0] == tmp_path / ".vrom" / "cartridges"


def test_vroms_own_checkout_is_the_project_only_of_who_calls_it_there(tmp_path, monkeypatch):
    checkout = bundled_cartridges().parent
    monkeypatch.chdir(checkout)

    def project(**environment):
        found = {read_settings(environment=environment).project, read_host_folders(environment).project}
        return found.pop() if len(found) == 1 else found

    assert project(PWD=str(checkout)) == checkout
    assert project(PWD=str(tmp_path)) == tmp_path  # uv --directory CHECKOUT run vrom
    assert project(PWD=str(tmp_path), CLAUDE_PROJECT_DIR=str(checkout)) == checkout
    assert read_settings(environment={"VROM_HOME": str(tmp_path)}).project == tmp_path
    monkeypatch.chdir(tmp_path)
    assert project(PWD=str(checkout)) == tmp_path


def test_everything_that_vrom_writes_lies_in_its_home(tmp_path):
    settings = read_settings(environment={"VROM_HOME": str(tmp_path)})
    assert {settings.models.parent, settings.cache.parent, settings.vroms.parent} == {tmp_path}


def test_registries_are_asked_in_the_order_they_are_named(tmp_path):
    settings = read_settings(environment={"VROM_REGISTRY": "https://one.example/r.json, https://two.example/r.json"})
    assert settings.registries == ("https://one.example/r.json", "https://two.example/r.json")
    assert read_settings(environment={}).registries == ()


def test_a_limit_that_is_no_number_leaves_the_default():
    assert read_settings(environment={"VROM_MAX_DOWNLOAD": "1000"}).max_download == 1000
    assert read_settings(environment={"VROM_MAX_DOWNLOAD": "much"}).max_download == Settings.max_download


def test_what_reading_a_package_may_cost_is_set_by_three_variables():
    environment = {"VROM_MAX_PACKAGE": "1000", "VROM_MAX_MEMORY": "20000", "VROM_MAX_SECONDS": "3"}
    assert read_settings(environment=environment).limits == Limits(file_bytes=1000, memory=20_000, seconds=3)
    assert read_settings(environment={"VROM_MAX_MEMORY": "-1"}).limits == Limits()


def test_a_key_is_not_shown_with_the_settings():
    assert "secret" not in repr(read_settings(environment={"VROM_API_KEY": "secret"}))


def test_builds_record_the_time_that_the_environment_gives():
    assert read_settings(environment={}).build_time is None
    assert read_settings(environment={"SOURCE_DATE_EPOCH": "1767322985"}).build_time == datetime(
        2026, 1, 2, 3, 3, 5, tzinfo=UTC
    )


@pytest.mark.parametrize("value", ["yesterday", "1.5", "9" * 30])
def test_a_time_that_is_none_is_named(value):
    settings = read_settings(environment={"SOURCE_DATE_EPOCH": value})
    with pytest.raises(InvalidArgumentError, match="SOURCE_DATE_EPOCH is"):
        _ = settings.build_time
