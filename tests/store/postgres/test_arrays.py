"""Arrays of numbers to the database and back."""

import numpy as np
import pytest

from vrom.errors import StoreError
from vrom.store.postgres.arrays import Numbers, decode_numbers, register_numbers


@pytest.fixture(autouse=True)
def registered(connection):
    register_numbers(connection)


@pytest.mark.parametrize("numbers", [[], [1], [-5, 0, 2**31 - 1], [True, False]])
def test_whole_numbers_arrive(connection, numbers):
    assert connection.execute("SELECT %s::int[]", [Numbers(numbers)]).fetchone() == (numbers,)


def test_both_kinds_arrive_in_one_statement_again_and_again(connection):
    for size in (3, 0, 384):
        values = np.linspace(-1, 1, size).astype(np.float32)
        statement = "SELECT %(a)s::int[], array_send(%(b)s::float4[])"
        row = connection.execute(
            statement, {"a": Numbers([size]), "b": Numbers(values, "f")}, binary=True, prepare=True
        ).fetchone()
        assert row[0] == [size]
        assert decode_numbers(row[1], size).tobytes() == values.tobytes()


@pytest.mark.parametrize("held", ["NULL::float4[]", "'{}'::float4[]", "'{1}'::float4[]", "'{1,NaN}'", "'{1,Infinity}'"])
def test_what_is_not_so_many_numbers_is_refused(connection, held):
    (encoded,) = connection.execute(f"SELECT array_send({held}::float4[])", binary=True).fetchone()
    with pytest.raises(StoreError, match="Load it again"):
        decode_numbers(encoded, 2)
