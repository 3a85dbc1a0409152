"""Certificates for tests: an authority of our own that signs what it is asked to, also for the wrong name or the wrong time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

A_DAY = timedelta(days=1)


class Signed(NamedTuple):
    """A certificate and its private key, as PEM files."""

    cert_file: Path
    key_file: Path


class Authority:
    """Signs certificates; `ca_file` is its own, which others trust."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(self._key.public_key(), name, A_DAY).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.ca_file = folder / f"{name}.pem"
        self.ca_file.write_bytes(certificate.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def signs(self, common_name: str, *, host: str = "127.0.0.1", valid_for: timedelta = A_DAY) -> Signed:
        """For a server at this address or name, or for a client of this name. A negative time: it has expired long ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(key.public_key(), common_name, valid_for).add_extension(
            x509.SubjectAlternativeName([_host(host)]), critical=False
        )
        signed = Signed(*(self._folder / f"{self._name}-{common_name}.{kind}" for kind in ("pem", "key")))
        signed.cert_file.write_bytes(certificate.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        signed.key_file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        return signed

    def _certificate(self, key: ec.EllipticCurvePublicKey, name: str, valid_for: timedelta) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(self._name))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * A_DAY)
            .not_valid_after(now + valid_for)
        )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
