"""A sealed file comes back whole or not at all."""

import csv
import io
import stat
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from pytest_django import Settings

from guiju.kit.errors import Unavailable
from guiju.vault import files
from guiju.vault.files import CHUNK, NoSuchFile
from guiju.vault.sealing import TAG_BYTES, Tampered

PHONE = b"+8613800138000"
SEALED = CHUNK + TAG_BYTES


def sealed(content: bytes, file_id: UUID | None = None) -> UUID:
    file_id = file_id or uuid4()
    with files.writer(file_id) as file:
        file.write(content)
    return file_id


def opened(file_id: UUID) -> bytes:
    with files.reader(file_id) as file:
        return file.read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_a_file_of_any_size_comes_back(size: int) -> None:
    content = (PHONE * (size // len(PHONE) + 1))[:size]
    assert opened(sealed(content)) == content


@example_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pieces=st.lists(st.binary(max_size=2 * CHUNK), max_size=4), data=st.data())
def test_pieces_are_joined_and_any_part_can_be_read(pieces: list[bytes], data: st.DataObject) -> None:
    file_id, content = uuid4(), b"".join(pieces)
    with files.writer(file_id) as file:
        assert [file.write(piece) for piece in pieces] == [len(piece) for piece in pieces]
        assert file.tell() == len(content)
    start = data.draw(st.integers(0, len(content) + 10))
    length = data.draw(st.integers(0, len(content) + 10))
    with files.reader(file_id) as reading:
        assert reading.seek(start) == start
        assert reading.read(length) == content[start : start + length]
        assert reading.seek(-min(3, len(content)), io.SEEK_END) == len(content) - min(3, len(content))
        assert reading.read() == content[-3:]


def test_nothing_of_the_content_or_the_key_lies_on_the_disk(tmp_path: Path) -> None:
    file_id = sealed(PHONE * 10_000)
    path = tmp_path / "files" / str(file_id)
    assert PHONE not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def cut_last_chunk(raw: bytes, head: int) -> bytes:
    return raw[: head + 2 * SEALED]


def swap_two_chunks(raw: bytes, head: int) -> bytes:
    return raw[:head] + raw[head + SEALED : head + 2 * SEALED] + raw[head : head + SEALED] + raw[head + 2 * SEALED :]


CHANGES: dict[str, Callable[[bytes, int], bytes]] = {
    "a byte less": lambda raw, head: raw[:-1],
    "the last chunk cut": cut_last_chunk,
    "everything cut but the head": lambda raw, head: raw[:head],
    "half the head": lambda raw, head: raw[: head // 2],
    "nothing left": lambda raw, head: b"",
    "a byte more": lambda raw, head: raw + b"x",
    "a chunk more": lambda raw, head: raw + raw[head : head + SEALED],
    "the last chunk twice": lambda raw, head: raw + raw[head + 2 * SEALED :],
    "two chunks swapped": swap_two_chunks,
    "a chunk taken out": lambda raw, head: raw[:head] + raw[head + SEALED :],
    "a bit in the content": lambda raw, head: raw[: head + 99] + bytes([raw[head + 99] ^ 1]) + raw[head + 100 :],
    "a bit in the wrapped key": lambda raw, head: raw[: head - 1] + bytes([raw[head - 1] ^ 1]) + raw[head:],
    "another magic": lambda raw, head: b"G" + raw[1:],
    "an id of the key that is no text": lambda raw, head: raw[:23] + b"\xff" + raw[24:],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_file_is_refused(change: Callable[[bytes, int], bytes], tmp_path: Path) -> None:
    content = b"".join(bytes([n]) * CHUNK for n in range(2)) + b"end"
    file_id = sealed(content)
    path = tmp_path / "files" / str(file_id)
    raw = path.read_bytes()
    head = len(raw) - len(content) - 3 * TAG_BYTES
    path.write_bytes(change(raw, head))
    with pytest.raises(Tampered):
        opened(file_id)


def test_a_file_under_another_name_is_refused(tmp_path: Path) -> None:
    mine, other = sealed(b"mine"), sealed(b"other")
    (tmp_path / "files" / str(mine)).replace(tmp_path / "files" / str(other))
    with pytest.raises(Tampered):
        opened(other)


def test_a_chunk_of_another_file_is_refused(tmp_path: Path) -> None:
    mine, other = sealed(b"m" * CHUNK * 2), sealed(b"o" * CHUNK * 2)
    mine_at, other_at = (tmp_path / "files" / str(one) for one in (mine, other))
    mine_at.write_bytes(mine_at.read_bytes()[:-SEALED] + other_at.read_bytes()[-SEALED:])
    with pytest.raises(Tampered):
        opened(mine)


def test_a_file_appears_only_when_it_is_finished(tmp_path: Path) -> None:
    class CrashError(Exception):
        pass

    file_id = uuid4()

    def write() -> None:
        with files.writer(file_id) as file:
            file.write(PHONE * CHUNK)
            assert not files.exists(file_id)
            raise CrashError

    with pytest.raises(CrashError):
        write()
    assert list((tmp_path / "files").iterdir()) == []
    with pytest.raises(NoSuchFile):
        opened(file_id)


def test_what_a_crash_left_does_not_stop_the_next_try(tmp_path: Path) -> None:
    file_id = sealed(b"")
    files.delete(file_id)
    (tmp_path / "files" / f"{file_id}.partial").write_bytes(b"half")
    assert opened(sealed(b"whole", file_id)) == b"whole"


def test_a_deleted_file_is_gone_and_may_be_deleted_again(tmp_path: Path) -> None:
    file_id = sealed(PHONE)
    assert files.exists(file_id)
    files.delete(file_id)
    files.delete(file_id)
    assert not files.exists(file_id)
    assert list((tmp_path / "files").iterdir()) == []


def test_a_lost_key_stops_reading_and_writing_and_leaves_nothing_behind(
    settings: Settings, tmp_path: Path, key_file: Path
) -> None:
    file_id = sealed(PHONE)
    key_file.chmod(0o644)
    settings.KEY_FILE = key_file.parent / ".." / "keys" / key_file.name
    with pytest.raises(Unavailable):
        opened(file_id)
    with pytest.raises(Unavailable):
        sealed(PHONE)
    assert len(list((tmp_path / "files").iterdir())) == 1


def test_tables_and_archives_are_written_and_read_through_it() -> None:
    table, archive = uuid4(), uuid4()
    with files.writer(table) as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
        csv.writer(text).writerows([["姓名", "phone"], ["李娜", "1"]])
    with files.reader(table) as opened_table:
        assert opened_table.read().decode() == "姓名,phone\r\n李娜,1\r\n"
    with files.writer(archive) as file, zipfile.ZipFile(file, "w") as packed:
        packed.writestr("sheet.xml", "<x/>" * 50_000)
    with files.reader(archive) as opened_archive, zipfile.ZipFile(opened_archive) as packed:
        assert packed.read("sheet.xml") == b"<x/>" * 50_000


def test_memory_does_not_grow_with_the_file() -> None:
    file_id, piece = uuid4(), bytes(CHUNK)
    tracemalloc.start()
    with files.writer(file_id) as file:
        for _ in range(200):
            file.write(piece)
    with files.reader(file_id) as reading:
        while reading.read(CHUNK):
            pass
        with pytest.raises(ValueError, match="before the beginning"):
            reading.seek(-1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * CHUNK
