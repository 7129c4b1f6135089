"""Properties: whatever a configuration file looks like, an entry comes in and goes out and the rest stays."""

import json
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.hosts.configuration import apply, plan_installation, plan_removal, read_entry
from vrom.hosts.entry import new_entry
from vrom.hosts.formats import json_edit
from vrom.hosts.host import Place

ENTRY = new_entry(["/opt/vrom/bin/vrom", "serve"], {})

names = st.sampled_from(["a", "vrom-guide", "mcpServers", "é", 'say "hi"', "x y", "_", ""])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(alphabet='a{}[],:"\\/é\n ', max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def jsonc(draw, value):
    """A value written in one of the many ways: any spaces, any comments, commas left behind."""
    gap = st.sampled_from(["", " ", "\n", "\t", "\n  ", "\r\n    ", " // {\n", "/* , } */", "\n\n"])

    def space():
        return draw(gap)

    def parts(items, opening, closing):
        written = f"{space()},{space()}".join(items)
        comma = f"{space()}," if items and draw(st.booleans()) else ""
        return f"{opening}{space()}{written}{comma}{space()}{closing}"

    def form(item):
        if isinstance(item, dict):
            members = [
                f"{json.dumps(key, ensure_ascii=draw(st.booleans()))}{space()}:{space()}{form(inner)}"
                for key, inner in item.items()
            ]
            return parts(members, "{", "}")
        if isinstance(item, list):
            return parts([form(inner) for inner in item], "[", "]")
        return json.dumps(item, ensure_ascii=draw(st.booleans()))

    return f"{space()}{form(value)}{space()}"


@st.composite
def json_files(draw):
    document = draw(st.dictionaries(names.filter(lambda name: name != "mcpServers"), values, max_size=3))
    if draw(st.booleans()):
        document["mcpServers"] = draw(st.dictionaries(names, values, max_size=3))
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return mark + draw(jsonc(document)).encode("utf-8", "surrogatepass")


tomls = st.lists(
    st.sampled_from([
        'a = "[mcp_servers.vrom]"', "b = [\n  1, # one\n  [2],\n]", "# a comment", "", '[t]', "[[list]]", "[[list]]",
        "[mcp_servers.docs]", '[mcp_servers."team wiki"]', "[mcp_servers.vrom-guide]", "[mcp_servers]",
        'c = """\n[mcp_servers.vrom]\n"""', "d.e = {f = 1}", "g = 2 # two", "\t[ other . table ]  # spaced",
    ]),
    max_size=9,
)  # fmt: skip


@st.composite
def toml_files(draw):
    lines = draw(tomls)
    text = draw(st.sampled_from(["\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n"]))
    return text.encode()


property_of_files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.mark.slow
@property_of_files
@given(content=json_files())
def test_installing_then_uninstalling_gives_any_json_file_back(tmp_path, content):
    there_and_back(Place(tmp_path / "mcp.json", ("mcpServers", "vrom")), content)


@pytest.mark.slow
@property_of_files
@given(content=toml_files())
def test_installing_then_uninstalling_gives_any_toml_file_back(tmp_path, content):
    try:
        tomllib.loads(content.decode())
    except tomllib.TOMLDecodeError:
        return
    there_and_back(Place(tmp_path / "config.toml", ("mcp_servers", "vrom")), content)


def there_and_back(place: Place, content: bytes) -> None:
    place.file.write_bytes(content)
    before = _read(place, content)
    copy = apply(plan_installation(place, ENTRY))
    assert read_entry(place) == ENTRY
    installed = place.file.read_bytes()
    assert in_order(b"".join(content.split()), installed), "nothing but spaces may be lost"

    apply(plan_removal(place))
    assert place.file.read_bytes() == content
    assert list(place.file.parent.iterdir()) == [place.file]

    # without the copy the bytes from before can't be known, but what they say can
    place.file.write_bytes(installed)
    copy = apply(plan_removal(place))
    left = place.file.read_bytes() if place.file.exists() else b""
    assert without_empty(_read(place, left)) == without_empty(before)
    assert in_order(b"".join(left.split()), installed)
    if copy:
        assert in_order(b"".join(content.split()), left), "nothing but spaces may be lost"
        copy.unlink()


def in_order(parts: bytes, whole: bytes) -> bool:
    """Whether all of `parts` is in `whole`, in this order, with anything between."""
    rest = iter(whole)
    return all(part in rest for part in parts)


def _read(place: Place, content: bytes):
    text = content.removeprefix(b"\xef\xbb\xbf").decode()
    return tomllib.loads(text) if place.file.suffix == ".toml" else json_edit.read(text)


def without_empty(document):
    """A document without servers, where it has none."""
    return {key: value for key, value in document.items() if value != {} or not key.startswith("mcp")}
