"""Writes the bill of materials of a release: CycloneDX 1.6 as JSON, of what `requirements.txt` pins; one lock gives one bill.

.venv/bin/python .ci/sbom.py VERSION SECONDS_SINCE_1970 >dist/lifering-VERSION.cdx.json
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

LOCK = Path(__file__).parent.parent / "requirements.txt"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ \\;]+)(?: *; *(?P<marker>[^\\]+?))? *\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: str) -> Iterator[Component]:
    """Each pinned package, with the hashes of the files that may be installed for it, and where it is wanted only."""
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        pinned = PINNED.match(entry.splitlines()[0])
        if pinned is None:
            raise SystemExit(f"sbom: this line of {LOCK.name} pins nothing: {entry.splitlines()[0]}")
        name, version, marker = pinned["name"], pinned["version"], pinned["marker"]
        purl = PackageURL("pypi", None, name, version)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=str(purl),
            purl=purl,
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in HASH.findall(entry)],
            properties=[Property(name="lifering:environment-marker", value=marker)] if marker else [],
        )


def main(version: str, made_s: str) -> None:
    """On standard output."""
    lock = LOCK.read_text()
    bom = Bom(components=components(lock), serial_number=uuid5(NAMESPACE_URL, f"lifering {version}\n{lock}"))
    bom.metadata.timestamp = datetime.fromtimestamp(int(made_s), UTC)
    purl = PackageURL("pypi", None, "lifering", version)
    root = Component(name="lifering", version=version, type=ComponentType.APPLICATION, bom_ref=str(purl), purl=purl)
    bom.metadata.component = root
    bom.register_dependency(root, list(bom.components))
    sys.stdout.write(JsonV1Dot6(bom).output_as_string(indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
