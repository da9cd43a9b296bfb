"""The mathematics of the ledger, usable by anyone: RFC 6962 trees and proofs, C2SP notes, checkpoints and tiles.

Pure functions over bytes; nothing here needs Django, settings or a database.
"""

from guiju.ledger.notes import (
    BadKey,
    BadNote,
    Checkpoint,
    Note,
    Signature,
    Signer,
    generate_key,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    read_skey,
    read_vkey,
    sign_note,
)
from guiju.ledger.tiles import (
    Edge,
    TileRef,
    consistency_proof,
    edge_of,
    inclusion_proof,
    pack_entries,
    tile_path,
    tiles_of,
    tree_root,
    unpack_entries,
)
from guiju.ledger.tree import (
    EMPTY_ROOT,
    BadProof,
    leaf_hash,
    node_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "EMPTY_ROOT",
    "BadKey",
    "BadNote",
    "BadProof",
    "Checkpoint",
    "Edge",
    "Note",
    "Signature",
    "Signer",
    "TileRef",
    "consistency_proof",
    "edge_of",
    "generate_key",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "open_note",
    "pack_entries",
    "parse_checkpoint",
    "read_skey",
    "read_vkey",
    "root_hash",
    "sign_note",
    "tile_path",
    "tiles_of",
    "tree_root",
    "unpack_entries",
    "verify_consistency",
    "verify_inclusion",
]
