"""Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint), with Ed25519. Pure: no Django."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
SEED_SIZE = 32
MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100
_KEY_ID_SIZE = 4
_DASH = "\N{EM DASH} "
_PRIVATE = "PRIVATE+KEY+"
_MAX_SIZE = 1 << 63


class BadNote(ValueError):
    """The note is malformed, or no known key vouches for it, or a known key's signature is wrong."""


class BadKey(BadNote):
    """The key text is malformed, contradicts its own id or uses an unknown algorithm."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature line: who signed (name and key id) and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, kw_only=True)
class Note:
    """An opened note: its text, the signatures that verified and those of unknown keys."""

    text: str
    signatures: tuple[Signature, ...]
    unverified: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return self.text

    def __bytes__(self) -> bytes:
        return self.text.encode()


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """A public key somebody trusts, with the name it signs under."""

    name: str
    key_id: bytes
    public_key: Ed25519PublicKey

    def check(self, text: str, signature: bytes) -> bool:
        """Return whether ``signature`` is this key's over ``text``."""
        try:
            self.public_key.verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A private key with the name it signs under."""

    name: str
    seed: bytes

    @property
    def _private_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public_bytes(self) -> bytes:
        """Return the raw public key."""
        return self._private_key.public_key().public_bytes_raw()

    @property
    def vkey(self) -> str:
        """Return the public key as a verifier key: ``name+id+key``."""
        return _key_text(self.name, key_id(self.name, self.public_bytes), self.public_bytes)

    @property
    def skey(self) -> str:
        """Return the private key as text, to be kept secret."""
        return _PRIVATE + _key_text(self.name, key_id(self.name, self.public_bytes), self.seed)

    def sign(self, text: str) -> Signature:
        """Return this key's signature over ``text``."""
        return Signature(
            name=self.name,
            key_id=key_id(self.name, self.public_bytes),
            signature=self._private_key.sign(text.encode()),
        )


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a log vouches for: its origin, how many entries it holds and the root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the text of the note."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def key_id(name: str, public_key: bytes, *, algorithm: int = ED25519) -> bytes:
    """Return the four-byte id of a key: SHA-256(name ‖ newline ‖ algorithm ‖ key), cut short."""
    return sha256(name.encode() + b"\n" + bytes([algorithm]) + public_key).digest()[:_KEY_ID_SIZE]


def generate_key(name: str) -> Signer:
    """Make a new signing key."""
    _check_name(name)
    return Signer(name=name, seed=Ed25519PrivateKey.generate().private_bytes_raw())


def read_skey(text: str) -> Signer:
    """Read a private key written by ``Signer.skey``; raises BadKey."""
    if not text.startswith(_PRIVATE):
        raise BadKey("This is not a private key")
    name, identifier, seed = _read_key(text.removeprefix(_PRIVATE))
    signer = Signer(name=name, seed=seed)
    if key_id(name, signer.public_bytes) != identifier:
        raise BadKey("The key contradicts its id")
    return signer


def read_vkey(text: str) -> Verifier:
    """Read a verifier key ``name+id+key``; raises BadKey."""
    name, identifier, key = _read_key(text)
    if key_id(name, key) != identifier:
        raise BadKey("The key contradicts its id")
    try:
        return Verifier(name=name, key_id=identifier, public_key=Ed25519PublicKey.from_public_bytes(key))
    except ValueError as error:
        raise BadKey("This is no Ed25519 key") from error


def sign_note(text: str | bytes, *, signers: Sequence[Signer]) -> str:
    """Return ``text`` as a note signed by each of ``signers``; raises BadNote where it cannot be a note."""
    words = _decode(text)
    if not words.endswith("\n"):
        raise BadNote("The text of a note ends in a newline")
    for signer in signers:
        _check_name(signer.name)
    lines = (_line(signer.sign(words)) for signer in signers)
    return f"{words}\n{''.join(lines)}"


def open_note(text: str | bytes, *, vkeys: Iterable[str]) -> Note:
    """Check the note and return it with the signatures that verified.

    Signatures of unknown keys are set aside; one of a known key that is wrong spoils the note, and at least one known
    key must have signed. Raises BadNote.
    """
    verifiers = [read_vkey(vkey) for vkey in vkeys]
    words, signatures = _split(_decode(text))
    verified: dict[Signature, None] = {}
    unverified: dict[Signature, None] = {}
    for signature in signatures:
        known = [item for item in verifiers if (item.name, item.key_id) == (signature.name, signature.key_id)]
        if len(known) > 1:
            raise BadNote(f"The key of {signature.name} is given twice")
        if not known:
            unverified[signature] = None
        elif known[0].check(words, signature.signature):
            verified[signature] = None
        else:
            raise BadNote(f"The signature of {signature.name} is wrong")
    if not verified:
        raise BadNote("No known key signed this note")
    return Note(text=words, signatures=tuple(verified), unverified=tuple(unverified))


def parse_checkpoint(text: str | bytes) -> Checkpoint:
    """Read the text of a checkpoint note; raises BadNote."""
    words = _decode(text)
    if not words.endswith("\n"):
        raise BadNote("A checkpoint ends in a newline")
    lines = words[:-1].split("\n")
    if len(lines) < 3 or not all(lines):  # noqa: PLR2004
        raise BadNote("A checkpoint has three lines or more, none of them empty")
    origin, number, root, *extensions = lines
    if not (number.isascii() and number.isdigit()) or str(int(number[:20])) != number or int(number) >= _MAX_SIZE:
        raise BadNote("The size is not a plain decimal number")
    root_bytes = _base64(root, BadNote)
    if len(root_bytes) != sha256().digest_size:
        raise BadNote("The root is not 32 bytes long")
    return Checkpoint(origin=origin, size=int(number), root=root_bytes, extensions=tuple(extensions))


def open_checkpoint(text: str | bytes, *, vkeys: Iterable[str], origin: str | None = None) -> Checkpoint:
    """Check a signed checkpoint, and its origin where one is given; raises BadNote."""
    checkpoint = parse_checkpoint(open_note(text, vkeys=vkeys).text)
    if origin is not None and checkpoint.origin != origin:
        raise BadNote(f"The checkpoint is of another log: {checkpoint.origin}")
    return checkpoint


def _decode(text: str | bytes) -> str:
    try:
        words = text.decode() if isinstance(text, bytes | bytearray) else text
        length = len(words.encode())
    except UnicodeError as error:
        raise BadNote("A note is UTF-8 text") from error
    if length > MAX_NOTE:
        raise BadNote("The note is too long")
    if any(character < " " and character != "\n" for character in words):
        raise BadNote("A note has no control characters but newlines")
    return words


def _split(words: str) -> tuple[str, list[Signature]]:
    cut = words.rfind("\n\n")
    if cut < 0:
        raise BadNote("A blank line separates the text of a note from its signatures")
    block = words[cut + 2 :]
    if not block.endswith("\n"):
        raise BadNote("A note ends in signature lines, each with its newline")
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadNote("The note has too many signatures")
    return words[: cut + 1], [_signature(line) for line in lines]


def _signature(line: str) -> Signature:
    if not line.startswith(_DASH):
        raise BadNote("A signature line starts with an em dash and a space")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    _check_name(name)
    value = _base64(encoded, BadNote)
    if len(value) <= _KEY_ID_SIZE:
        raise BadNote("The signature is too short")
    return Signature(name=name, key_id=value[:_KEY_ID_SIZE], signature=value[_KEY_ID_SIZE:])


def _line(signature: Signature) -> str:
    value = base64.b64encode(signature.key_id + signature.signature).decode()
    return f"{_DASH}{signature.name} {value}\n"


def _key_text(name: str, identifier: bytes, key: bytes) -> str:
    return f"{name}+{identifier.hex()}+{base64.b64encode(bytes([ED25519]) + key).decode()}"


def _read_key(text: str) -> tuple[str, bytes, bytes]:
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    _check_name(name, BadKey)
    key = _base64(encoded, BadKey)
    if len(identifier) != 2 * _KEY_ID_SIZE or not set(identifier) <= set("0123456789abcdefABCDEF"):
        raise BadKey("The id of a key is eight hexadecimal digits")
    if len(key) != 1 + SEED_SIZE or key[0] != ED25519:
        raise BadKey("This is no Ed25519 key")
    return name, bytes.fromhex(identifier), key[1:]


def _check_name(name: str, error: type[BadNote] = BadNote) -> None:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise error("The name of a key is not empty and has neither spaces nor plus signs")


def _base64(text: str, error: type[BadNote]) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as reason:
        raise error("This is not base64") from reason
    if base64.b64encode(value).decode() != text:
        raise error("This is not base64 in its one proper form")
    return value
