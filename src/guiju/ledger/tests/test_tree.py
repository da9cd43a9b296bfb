"""The tree against published vectors and against a second implementation."""

from hashlib import sha256

import aics_tlog
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.ledger import tlog

# The tree that the Certificate Transparency projects test with.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [bytes.fromhex(text) for text in (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)]  # fmt: skip
INCLUSIONS = [
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip
GROWTHS = [
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    (6, 7, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
]  # fmt: skip
SOME = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
EMPTY = sha256(b"").digest()


def test_the_published_roots_come_out() -> None:
    hashes = [tlog.leaf_hash(leaf) for leaf in LEAVES]
    assert tlog.root_hash([]) == EMPTY == tlog.EMPTY_ROOT
    assert [tlog.root_hash(hashes[:size]) for size in range(1, 9)] == ROOTS
    with pytest.raises(ValueError, match="32 bytes"):
        tlog.root_hash([b"short"])


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSIONS)
def test_published_inclusion_proofs_hold_and_their_corruptions_do_not(index: int, size: int, proof: list[str]) -> None:
    hashes = [bytes.fromhex(item) for item in proof]
    leaf, root = tlog.leaf_hash(LEAVES[index]), ROOTS[size - 1]
    tlog.verify_inclusion(index=index, size=size, leaf_hash=leaf, proof=hashes, root=root)
    wrong = [
        (index - 1, size, leaf, hashes, root),
        (index + 1, size, leaf, hashes, root),
        (index ^ 2, size, leaf, hashes, root),
        (index, size * 2, leaf, hashes, root),
        (index, size // 2, leaf, hashes, root),
        (index, size, b"WrongLeaf", hashes, root),
        (index, size, leaf, hashes, EMPTY),
        (index, size, leaf, hashes, SOME),
        (index, size, leaf, [*hashes, b""], root),
        (index, size, leaf, [*hashes, root], root),
        (index, size, leaf, [b"", *hashes], root),
        (index, size, leaf, [root, *hashes], root),
        (index, size, leaf, hashes[:-1], root),
        (index, size, leaf, hashes, root[:-1]),
        *((index, size, leaf, _flipped(hashes, at), root) for at in range(len(hashes))),
    ]
    for number, count, start, steps, end in wrong:
        with pytest.raises(tlog.BadProof):
            tlog.verify_inclusion(index=number, size=count, leaf_hash=start, proof=steps, root=end)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 0), (2, 1), (-1, 3), (1, 1)])
def test_no_leaf_is_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(tlog.BadProof):
        tlog.verify_inclusion(index=index, size=size, leaf_hash=SOME, proof=[], root=SOME)


def test_the_only_leaf_of_a_tree_is_its_root() -> None:
    tlog.verify_inclusion(index=0, size=1, leaf_hash=SOME, proof=[], root=SOME)
    for leaf, root in ((SOME, b""), (b"", SOME), (b"", b"")):
        with pytest.raises(tlog.BadProof):
            tlog.verify_inclusion(index=0, size=1, leaf_hash=leaf, proof=[], root=root)


@pytest.mark.parametrize(("size1", "size2", "proof"), GROWTHS)
def test_published_consistency_proofs_hold_and_their_corruptions_do_not(
    size1: int, size2: int, proof: list[str]
) -> None:
    hashes = [bytes.fromhex(item) for item in proof]
    root1, root2 = ROOTS[size1 - 1], ROOTS[size2 - 1]
    tlog.verify_consistency(size1=size1, size2=size2, proof=hashes, root1=root1, root2=root2)
    wrong = [
        (size1 - 1, size2, hashes, root1, root2),
        (size1 + 1, size2, hashes, root1, root2),
        (size1 ^ 2, size2, hashes, root1, root2),
        (size1, size2 * 2, hashes, root1, root2),
        (size1, size2 // 2, hashes, root1, root2),
        (size1, size2, hashes, b"WrongRoot", root2),
        (size1, size2, hashes, root1, b"WrongRoot"),
        (size1, size2, hashes, root2, root1),
        (size1, size2, [], root1, root2),
        *((size1, size2, [*hashes, extra], root1, root2) for extra in (b"", root1, root2)),
        *((size1, size2, [extra, *hashes], root1, root2) for extra in (b"", root1, root2, hashes[0])),
        (size1, size2, hashes[:-1], root1, root2),
        *((size1, size2, _flipped(hashes, at), root1, root2) for at in range(len(hashes))),
    ]
    for one, two, steps, start, end in wrong:
        with pytest.raises(tlog.BadProof):
            tlog.verify_consistency(size1=one, size2=two, proof=steps, root1=start, root2=end)


@pytest.mark.parametrize(("size1", "size2", "proof", "root1", "root2", "good"), [
    (0, 0, [], b"one", b"one", True), (1, 1, [], b"one", b"one", True),
    (0, 0, [], b"one", b"two", False), (1, 1, [], b"one", b"two", False),
    (0, 0, [EMPTY], EMPTY, EMPTY, False), (1, 1, [EMPTY], EMPTY, EMPTY, False), (0, 1, [EMPTY], EMPTY, EMPTY, False),
    (0, 1, [], b"one", b"two", False), (0, 1, [], EMPTY, b"two", False), (0, 1, [], SOME, ROOTS[0], False),
    (0, 1, [], EMPTY, ROOTS[0], True), (1, 0, [], EMPTY, EMPTY, False), (2, 1, [], SOME, SOME, False),
    (1, 2, [], SOME, SOME, False), (-1, 2, [], SOME, SOME, False),
])  # fmt: skip
def test_the_edges_of_consistency(  # noqa: PLR0917
    size1: int, size2: int, proof: list[bytes], root1: bytes, root2: bytes, good: bool
) -> None:
    def check() -> None:
        tlog.verify_consistency(size1=size1, size2=size2, proof=proof, root1=root1, root2=root2)

    if good:
        check()
    else:
        with pytest.raises(tlog.BadProof):
            check()


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 700), st.data())
def test_both_implementations_agree_on_every_proof(size: int, data: st.DataObject) -> None:
    leaves = [number.to_bytes(2, "big") for number in range(size)]
    other = aics_tlog.MerkleTree(leaves)
    edge = tlog.Edge()
    hashes = b"".join(tlog.leaf_hash(leaf) for leaf in leaves)
    cut = data.draw(st.integers(0, size)) * 32
    tiles = edge.extend(hashes[:cut])
    tiles.update(edge.extend(hashes[cut:]))
    assert edge.root() == other.root() == tlog.root_hash(tlog.leaf_hash(leaf) for leaf in leaves)

    def read(wanted: object) -> dict[tlog.TileRef, bytes]:
        return {ref: tiles[ref.level, ref.number][: ref.width * 32] for ref in wanted}  # type: ignore[attr-defined]

    index, before = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    proof = tlog.inclusion_proof(index=index, size=size, read=read)
    assert proof == other.inclusion_proof(index)
    tlog.verify_inclusion(
        index=index, size=size, leaf_hash=tlog.leaf_hash(leaves[index]), proof=proof, root=other.root()
    )
    growth = tlog.consistency_proof(size1=before, size2=size, read=read)
    assert growth == other.consistency_proof(before)
    root1 = tlog.tree_root(size=before, read=read)
    assert root1 == other.root(before)
    tlog.verify_consistency(size1=before, size2=size, proof=growth, root1=root1, root2=other.root())
    reopened = tlog.Edge(size=size, tiles=read(tlog.edge_of(size)))
    assert reopened.root() == other.root()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.lists(st.sampled_from([*ROOTS, EMPTY, SOME, b"x"]), max_size=6))
def test_both_implementations_refuse_the_same_proofs(one: int, two: int, proof: list[bytes]) -> None:
    root = ROOTS[3]
    expected = aics_tlog.verify_inclusion(SOME, one, two, proof, root)
    try:
        tlog.verify_inclusion(index=one, size=two, leaf_hash=SOME, proof=proof, root=root)
    except tlog.BadProof:
        assert not expected
    else:
        assert expected


def test_tile_paths_are_those_of_the_standard() -> None:
    assert tlog.tile_path(0, 1234067, 256) == "tile/0/x001/x234/067"
    assert tlog.tile_path(1, 273, 112) == "tile/1/273.p/112"
    assert tlog.tile_path("entries", 1000, 1) == "tile/entries/x001/000.p/1"
    assert tlog.tile_path(63, 0, 255) == "tile/63/000.p/255"
    for level, index, width in ((-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)):
        with pytest.raises(ValueError, match="tile"):
            tlog.tile_path(level, index, width)


@given(st.integers(0, 10**12), st.integers(1, 255))
def test_both_implementations_name_tiles_alike(index: int, width: int) -> None:
    assert tlog.tile_path(3, index, width) == aics_tlog.tiles.tile_path(3, index, width)
    assert tlog.tile_path(3, index, 256) == aics_tlog.tiles.tile_path(3, index)


def test_a_tree_of_seventy_thousand_leaves_has_the_tiles_the_standard_names() -> None:
    found = list(tlog.tiles_of(70_000))
    assert sum(ref.level == 0 and ref.width == 256 for ref in found) == 273
    assert [ref for ref in found if ref.width < 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)] == tlog.edge_of(70_000)
    assert list(tlog.tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]


def test_entries_come_out_of_a_bundle_as_they_went_in() -> None:
    entries = [b"", b"a", b"x" * 65_535]
    assert tlog.unpack_entries(tlog.pack_entries(entries)) == entries
    assert tlog.pack_entries(entries) == aics_tlog.tiles.build_entry_bundle(entries)
    with pytest.raises(ValueError, match="65535"):
        tlog.pack_entries([b"x" * 65_536])
    for cut in (b"\x00", b"\x00\x02a"):
        with pytest.raises(ValueError, match="cut short"):
            tlog.unpack_entries(cut)


def _flipped(hashes: list[bytes], at: int) -> list[bytes]:
    return [bytes([item[0] ^ 16]) + item[1:] if number == at else item for number, item in enumerate(hashes)]
