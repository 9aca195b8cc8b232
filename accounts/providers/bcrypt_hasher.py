"""The password hashes of the platform that Grover replaces: plain bcrypt, verified and then upgraded."""

import bcrypt
from django.contrib.auth.hashers import BCryptPasswordHasher

BCRYPT_READS_BYTES = 72


class LegacyBCryptPasswordHasher(BCryptPasswordHasher):
    """Verifies `bcrypt$$2b$…`; only the first 72 bytes of a password ever counted there."""

    def verify(self, password: str, encoded: str) -> bool:
        algorithm, _, stored = encoded.partition("$")
        if algorithm != self.algorithm:
            return False
        try:
            return bcrypt.checkpw(password.encode()[:BCRYPT_READS_BYTES], stored.encode())
        except ValueError:
            return False  # not a hash at all

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do no more work than verifying did: such a hash is replaced at once when it is right."""
