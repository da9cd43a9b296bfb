"""Append-only entries, their Merkle tree, checkpoints, proofs and subscriptions."""
