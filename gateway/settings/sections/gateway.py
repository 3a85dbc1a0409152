"""`[gateway]`: who this gateway is."""

from __future__ import annotations

from gateway.language import Language
from gateway.settings.sections.section import Section
from gateway.settings.values import USUAL_FOLDER, File, Id, TimeZone


class GatewaySection(Section):
    """Who this gateway is."""

    id: Id
    """Its name on the platform and its usual MQTT client id: letters, digits and -, at most 38 (some brokers take only 23)."""

    language: Language = "en"
    """Language of what people read: alert texts, and the mistakes in this file."""

    data_dir: File = USUAL_FOLDER
    """Folder of the databases. It needs room for `store.max_mb`, and 64 MB for alerts."""

    time_zone: TimeZone = "Asia/Shanghai"
    """Local time of this place, whatever the machine is set to: an IANA name such as "Asia/Shanghai"."""
