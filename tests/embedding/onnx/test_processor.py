import platform

import pytest

from vrom.embedding.onnx.processor import describe_processor, may_saturate

HASWELL = "x86_64model name : Xeon E5-2666 v3\nflags : fpu sse4_2 avx2 fma bmi2\n"
SKYLAKE = "x86_64flags : avx2 avx512f avx512bw avx512vl\n"
ICE_LAKE = "x86_64flags : avx2 avx512f avx512_vnni\n"
ALDER_LAKE = "x86_64flags : avx2 avx_vnni fma\n"


@pytest.mark.parametrize(
    ("machine", "description", "expected"),
    [
        ("x86_64", HASWELL, True),
        ("x86_64", SKYLAKE, True),
        ("x86_64", ICE_LAKE, False),
        ("x86_64", ALDER_LAKE, False),
        ("x86_64", "", True),
        ("AMD64", "Intel64 Family 6 Model 158", True),
        ("arm64", "", False),
        ("aarch64", "Features : asimd asimddp", False),
    ],
)
def test_products_may_saturate_on_x86_without_vnni(machine, description, expected):
    assert may_saturate(machine, description) is expected


def test_the_instructions_of_this_processor_are_known_where_linux_lists_them():
    if platform.system() != "Linux":
        pytest.skip("only Linux lists them in a file")
    assert describe_processor().startswith(platform.machine())
