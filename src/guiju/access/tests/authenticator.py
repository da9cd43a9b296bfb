"""A passkey in software, as a device would make it (Web Authentication Level 2, ES256, attestation "none")."""

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG
PRESENT_AND_VERIFIED = FLAG.UP | FLAG.UV


class SoftAuthenticator:
    """One key pair that answers creation and request options of a site."""

    def __init__(self, *, origin: str, host: str) -> None:
        self.origin, self.host = origin, host
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        challenge = options["challenge"]
        words = challenge if isinstance(challenge, str) else websafe_encode(challenge)
        return json.dumps({"type": kind, "challenge": words, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.id)
        extensions = {"credProps": {"rk": True}}
        whole = {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": extensions,
        }
        return json.dumps(whole)

    def create(self, options: dict[str, Any]) -> str:
        """Return the answer to creation options, as the browser posts it."""
        client = self._client_data("webauthn.create", options)
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        rp = sha256(self.host.encode()).digest()
        data = AuthenticatorData.create(rp, PRESENT_AND_VERIFIED | FLAG.AT, 0, credential)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(bytes(attestation))}
        )

    def get(self, options: dict[str, Any], *, user: str) -> str:
        """Return the answer to request options, as the browser posts it."""
        client = self._client_data("webauthn.get", options)
        data = AuthenticatorData.create(sha256(self.host.encode()).digest(), PRESENT_AND_VERIFIED, 1)
        signature = self.key.sign(bytes(data) + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(bytes(data)),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(user.encode()),
            }
        )
