"""`[store]`: what is kept on the disk."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.settings.sections.section import Section
from gateway.settings.values import Credential


class StoreSection(Section):
    """What is kept on the disk."""

    max_mb: Annotated[int, Field(ge=16, le=1_000_000)] = 2048
    """MB for readings. Alerts have 64 MB of their own on top."""

    keep_delivered_days: Annotated[int, Field(ge=0, le=3650)] = 7
    """Days for which delivered readings are kept."""

    key_file: Credential | None = None
    """File with a key of 32 bytes in hexadecimal digits or base64, mode 0600; or the name of a systemd credential. With it
    what is stored of people is encrypted. Further lines: keys of earlier days."""
