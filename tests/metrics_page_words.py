"""What the page of the metrics says in either language; the English lines of the table are those that Prometheus gets."""

from __future__ import annotations

from gateway.language import Said

HEAD = Said(
    """\
# Metrics

[中文](metrics.zh-CN.md)

For whoever watches many gateways with Prometheus. Made of `gateway/metrics/families.py`; names and labels stay.

```toml
[metrics]
listen = "127.0.0.1:9105"    # or an address of the network; absent: off
```

`GET /metrics` answers in the text format, version 0.0.4. Everything is counted of the same snapshot as the heartbeat,
`lifering status` and the local page. No label holds a wearer, a room, an address or a name that somebody has given, so that
whoever may read the metrics learns nothing of people. There is no password: let only Prometheus reach the port.

In Prometheus the job is called `lifering`: one of the alert rules asks for that name.

```yaml
rule_files: [prometheus-alerts.yml]
scrape_configs:
  - job_name: lifering
    static_configs:
      - targets: ["10.0.0.5:9105", "10.0.0.6:9105"]
```

`config/prometheus-alerts.yml` has the alert rules, `config/grafana-dashboard.json` a dashboard (Dashboards, New, Import); on a
gateway both lie in `/usr/lib/lifering/current/gateway/_config`.
They tell whoever looks after the gateways; who calls for help is told by the gateway itself.

| name | type | labels | what it says |
| --- | --- | --- | --- |
""",
    """\
# 指标

[English](metrics.md)

写给用 Prometheus 监测多台网关的人。由 `gateway/metrics/families.py` 生成；名称和标签不会改变。

```toml
[metrics]
listen = "127.0.0.1:9105"    # 也可写局域网地址；不写则关闭
```

`GET /metrics` 以文本格式 0.0.4 应答。全部取自与心跳、`lifering status` 和本地页面相同的快照。
标签中没有佩戴者、房间、地址，也没有人起的名称，能读取指标的人无从得知任何个人情况。没有密码：请只让 Prometheus 访问该端口。

Prometheus 中的 job 名称须为 `lifering`：有一条报警规则按这个名称查询。

```yaml
rule_files: [prometheus-alerts.yml]
scrape_configs:
  - job_name: lifering
    static_configs:
      - targets: ["10.0.0.5:9105", "10.0.0.6:9105"]
```

`config/prometheus-alerts.yml` 是报警规则，`config/grafana-dashboard.json` 是仪表盘（Dashboards、New、Import）；
在网关上，两者都在 `/usr/lib/lifering/current/gateway/_config` 中。
它们通知照管网关的人；谁在求助，由网关自己上报。

| 名称 | 类型 | 标签 | 含义 |
| --- | --- | --- | --- |
""",
)
CHINESE = {
    "lifering_build_info": "恒为 1；运行的版本。",
    "lifering_uptime_seconds": "网关已运行的时间。",
    "lifering_clock_synchronised": "1：时钟已与网络同步；0：目前没有。",
    "lifering_open_alerts": "还需要人处理的报警。",
    "lifering_unanswered_alerts": "未结束且无人知晓的报警；测试不计。",
    "lifering_unanswered_critical_seconds": "无人知晓的紧急报警中最早一条已有多久；0：没有。",
    "lifering_link_up": "1：这条通道可用（mqtt、modem）。",
    "lifering_link_signal": "短信模块的信号，0 到 31（-113 + 2n dBm）。",
    "lifering_queued_alert_events": "尚未送达的报警事件。",
    "lifering_queued_readings": "待发送的读数。",
    "lifering_queued_oldest_seconds": "最早一条待发送的读数已等待多久。",
    "lifering_refused_messages_total": "启动以来被拒绝的平台消息。",
    "lifering_wristbands_known": "已登记的手环。",
    "lifering_wristbands_heard": "一小时内收到过的已登记手环。",
    "lifering_serial_ports": "按状态统计的串口；除 `open` 外都收不到数据。",
    "lifering_bluetooth_adapters": "按状态统计的蓝牙适配器；除 `scanning` 外都收不到信号。",
    "lifering_dropped_frames_total": "启动以来因来不及处理而舍弃的已登记手环的帧。",
    "lifering_refused_frames_total": "启动以来中继器上报的、不可能收到的帧。",
    "lifering_deaf_seconds_total": "启动以来蓝牙适配器收不到信号的秒数，只计已结束的间断。",
    "lifering_driver_faults_total": "启动以来已隔离的驱动错误。",
    "lifering_readings_received_total": "收到的测量和被拒绝的帧。",
    "lifering_readings_stored_total": "已存储的读数。",
    "lifering_readings_rejected_total": "收到但被拒绝的，按原因统计。",
    "lifering_readings_delivered_total": "平台已收到的读数。",
    "lifering_readings_evicted_total": "平台收到之前就舍弃的读数；每条都作为缺口上报。",
    "lifering_disk_ok": "1：磁盘可以写入。",
    "lifering_disk_free_bytes": "数据目录所在磁盘的可用空间。",
    "lifering_disk_size_bytes": "该磁盘的容量。",
    "lifering_faults": "当前的故障，用心跳中的固定词。",
}
