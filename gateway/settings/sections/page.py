"""`[page]` and `[metrics]`: what a browser and Prometheus may look at."""

from __future__ import annotations

from pydantic import ValidationInfo, field_validator

from gateway.settings.listen_address import is_loopback
from gateway.settings.sections.section import Section
from gateway.settings.values import Credential, Listen, mistake


class PageSection(Section):
    """The local page."""

    listen: Listen | None = None
    """Address and port, such as "127.0.0.1:8080"; "0.0.0.0:8080" is every network of this machine. Without it: off."""

    pin_file: Credential | None = None
    """File with the PIN of the page, mode 0600; or the name of a systemd credential. Needed where others than this machine can
    reach the page; without it the page tells nothing of people."""

    @field_validator("pin_file")
    @classmethod
    def _others_need_a_pin(cls, pin_file: Credential | None, info: ValidationInfo) -> Credential | None:
        listen = info.data.get("listen")
        if pin_file is None and listen and not is_loopback(listen):
            raise mistake("page_needs_a_pin", address=listen)
        return pin_file


class MetricsSection(Section):
    """What Prometheus reads: counts and states, nothing of people."""

    listen: Listen | None = None
    """Address and port, such as "127.0.0.1:9105". Without it: off."""
