"""The role that a server has."""

import psycopg
import pytest


def test_a_server_role_may_only_read_and_sees_no_space_it_does_not_name(writer, url, cartridge):
    writer.load(cartridge, "team")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE vrom_reader")
        for table in ("cartridges", "texts", "vectors", "statistics"):
            assert connection.execute(f"SELECT count(*) FROM vrom.{table}").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"DELETE FROM vrom.{table}")
        connection.execute("SELECT set_config('vrom.spaces', '{1}', false)")
        assert connection.execute("SELECT count(*) FROM vrom.cartridges").fetchone() == (1,)
