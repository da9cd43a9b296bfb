"""The Merkle tree of RFC 6962 and RFC 9162: hashes, roots and the checking of proofs. Pure: bytes in, bytes out."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
_LEAF = sha256(b"\x00")
_NODE = sha256(b"\x01")  # copying a started hash is quicker than joining bytes for a new one


class BadProof(ValueError):
    """The proof does not show what it claims."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry as a leaf: SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> bytes:
    """Return the leaf hashes of many entries laid end to end."""
    hashes = []
    for entry in entries:
        leaf = _LEAF.copy()
        leaf.update(entry)
        hashes.append(leaf.digest())
    return b"".join(hashes)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def root_hash(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes in order; the empty tree has the root SHA-256("")."""
    hashes = list(leaf_hashes)
    if any(len(item) != HASH_SIZE for item in hashes):
        raise ValueError("A leaf hash is 32 bytes long")
    return fold(b"".join(hashes))


def fold(hashes: bytes) -> bytes:
    """Return the root over hashes laid end to end.

    Pairs are hashed level by level and a lone last one moves up unchanged: the tree that splits at the largest power
    of two below its size (RFC 9162, section 2.1.1).
    """
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > HASH_SIZE:
        pairs = []
        for at in range(0, len(hashes) - 63, 64):
            node = _NODE.copy()
            node.update(hashes[at : at + 64])
            pairs.append(node.digest())
        if len(hashes) % 64:
            pairs.append(hashes[-HASH_SIZE:])
        hashes = b"".join(pairs)
    return hashes


def verify_inclusion(*, index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf is at ``index`` in the tree of ``size`` leaves with ``root`` (RFC 9162, section 2.1.3.2).

    Raises BadProof.
    """
    if not 0 <= index < size:
        raise BadProof(f"The index {index} is outside a tree of {size} leaves")
    _lengths(leaf_hash, root, *proof)
    inner = (index ^ (size - 1)).bit_length()
    _count(proof, inner + (index >> inner).bit_count())
    if _climb(leaf_hash, proof, index, inner) != root:
        raise BadProof("The proof leads to another root")


def verify_consistency(*, size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    """Check that the tree of ``size2`` leaves continues the tree of ``size1`` leaves (RFC 9162, section 2.1.4.2).

    One head given twice is consistent with itself whatever it holds, and the empty tree begins every tree; both need
    an empty proof. Raises BadProof.
    """
    if not 0 <= size1 <= size2:
        raise BadProof(f"A tree of {size2} leaves cannot continue one of {size1}")
    if size1 == size2:
        _count(proof, 0)
        if root1 != root2:
            raise BadProof("Two trees of one size have different roots")
        return
    _lengths(root1, root2, *proof)
    if size1 == 0:
        _count(proof, 0)
        if root1 != EMPTY_ROOT:
            raise BadProof("The empty tree has another root")
        return
    _verify_growth(size1, size2, proof, root1, root2)


def _verify_growth(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    zeros = (size1 & -size1).bit_length() - 1
    whole = size1 == 1 << zeros
    inner = ((size1 - 1) ^ (size2 - 1)).bit_length() - zeros
    last = (size1 - 1) >> zeros
    _count(proof, inner + (last >> inner).bit_count() + (0 if whole else 1))
    seed, rest = (root1, proof) if whole else (proof[0], proof[1:])
    before = seed
    for height, sibling in enumerate(rest):
        if height >= inner or last >> height & 1:
            before = node_hash(sibling, before)
    if before != root1:
        raise BadProof("The proof leads to another first root")
    if _climb(seed, rest, last, inner) != root2:
        raise BadProof("The proof leads to another second root")


def _climb(start: bytes, proof: Sequence[bytes], index: int, inner: int) -> bytes:
    """Hash upwards: below ``inner`` the index says which side the sibling is on; above, it is the left one."""
    current = start
    for height, sibling in enumerate(proof):
        if height >= inner or index >> height & 1:
            current = node_hash(sibling, current)
        else:
            current = node_hash(current, sibling)
    return current


def _lengths(*hashes: bytes) -> None:
    if any(len(item) != HASH_SIZE for item in hashes):
        raise BadProof("A hash is 32 bytes long")


def _count(proof: Sequence[bytes], expected: int) -> None:
    if len(proof) != expected:
        raise BadProof(f"The proof has {len(proof)} hashes instead of {expected}")
