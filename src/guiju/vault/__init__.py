"""Keys, sealing, lookup digests, sealed files and crypto-shredding."""
