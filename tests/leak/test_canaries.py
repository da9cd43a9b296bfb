"""The search for canaries finds them: otherwise finding none would prove nothing."""

from pathlib import Path

import pytest

from guiju.config.tests.canaries import Canary, Net, shapes

VALUES = ("欧阳璟瑄", "Quillonna Zyxtabrandt", "+8613913572468", "zyx.canary7@quuxmail.example", "11010519311202001X")


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_found_in_every_shape(tmp_path: Path, value: str) -> None:
    net = Net([Canary("here", value)])
    for number, (_shape, needle) in enumerate(shapes(value)):
        if needle in net.needles:
            (tmp_path / f"{number:03}").write_bytes(b"\x00\xffsome\nbinary \x80" + needle + b"\x00\n\xfe more")

    found = {hit.path for hit in net.cast(tmp_path)}

    assert found == {str(path) for path in tmp_path.iterdir()}


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_base64_is_found_at_every_alignment(tmp_path: Path, shift: int) -> None:
    import base64  # noqa: PLC0415 - this test alone encodes

    (tmp_path / "file").write_bytes(base64.b64encode(b'{"a'[:shift] + "欧阳璟瑄".encode() + b'","b":1}'))

    assert [hit.shape for hit in Net([Canary("here", "欧阳璟瑄")]).cast(tmp_path)] == ["base64"]


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"nothing of that kind, but 139****2468")

    assert Net([Canary("here", value) for value in VALUES]).cast(tmp_path) == []
