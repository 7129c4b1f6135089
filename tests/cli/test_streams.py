"""The commands where streams are closed, encodings are narrow, or the working folder is gone."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")

VROM = (sys.executable, "-m", "vrom")


@pytest.fixture
def run(make_package, tmp_path):
    """Run vrom through a shell command in which `"$@"` stands for it."""
    folder = make_package("kettle", {"kettle.md": ["# Kettle · Küche\n\nFill it → switch it on."]})

    def run(shell, *arguments, cwd=None, **variables):
        command = ["sh", "-c", shell, "sh", *VROM, *arguments]
        variables = {"VROM_CARTRIDGES": str(folder.parent), "VROM_HOME": str(tmp_path / "home")} | variables
        environment = {name: value for name, value in (os.environ | variables).items() if value}
        return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd, timeout=60)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["list", "--json"], ["list"], ["search", "kettle", "fill", "--mode", "lexical"]])
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-"])
def test_closed_streams_are_no_failure(run, arguments, closed):
    done = run(f'exec "$@" {closed}', *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


def test_characters_that_the_output_lacks_are_replaced(run):
    done = run('exec "$@"', "search", "kettle", "fill", "--mode", "lexical", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "Fill it ? switch it on." in done.stdout


def test_a_reader_that_goes_away_ends_it_quietly(run):
    done = run('"$@" | head -c 1', "search", "kettle", "fill", "--mode", "lexical")
    assert "Traceback" not in done.stderr


def test_a_working_folder_that_is_gone_hides_the_project_s_cartridges_and_no_others(run, tmp_path):
    (tmp_path / "gone").mkdir()
    done = run('cd gone && rmdir ../gone && exec "$@"', "list", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '"kettle"' in done.stdout


def test_without_a_working_folder_the_installed_cartridges_are_listed(run, tmp_path):
    (tmp_path / "gone").mkdir()
    done = run('cd gone && rmdir ../gone && exec "$@"', "list", "--json", cwd=tmp_path, VROM_CARTRIDGES="")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
