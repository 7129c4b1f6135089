from vrom.cli.server.serve import warn_of_missing


def test_a_folder_of_cartridges_that_is_not_there_is_named_in_the_log(tmp_path, caplog):
    warn_of_missing([tmp_path, tmp_path / "gone"])
    assert caplog.messages == [f"{tmp_path / 'gone'} doesn't exist. Its cartridges are served once it does."]
