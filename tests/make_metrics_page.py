"""Writes `docs/metrics.md` out of the table of metrics: `python -m tests.make_metrics_page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.metrics.families import FAMILIES

PAGE = Path(__file__).parent.parent / "docs" / "metrics.md"
HEAD = """\
# Metrics

For whoever watches many gateways with Prometheus. Made of `gateway/metrics/families.py`; names and labels stay.

```toml
[metrics]
listen = "127.0.0.1:9105"    # or an address of the network; absent: off
```

`GET /metrics` answers in the text format, version 0.0.4. Everything is counted of the same snapshot as the heartbeat,
`lifering status` and the local page. No label holds a wearer, a room, an address or a name that somebody has given, so that
whoever may read the metrics learns nothing of people. There is no password: let only Prometheus reach the port.

`config/prometheus-alerts.yml` has alert rules, `config/grafana-dashboard.json` a dashboard (Dashboards, New, Import).
They tell whoever looks after the gateways; who calls for help is told by the gateway itself.

| name | type | labels | what it says |
| --- | --- | --- | --- |
"""


def text() -> str:
    """The page."""
    return HEAD + "".join(_rows())


def _rows() -> Iterator[str]:
    for family in FAMILIES:
        labels = ", ".join(f"`{label}`" for label in family.labels)
        yield f"| `{family.name}` | {family.type} | {labels} | {family.help} |\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
