"""What is wrong with a limit of the rules, changed or shipped, by the code of the mistake."""

from __future__ import annotations

from gateway.language import Said

LIMITS = {
    # limits: what a technician or a clinician changed
    "limit_kind": Said("there are no limits for this kind of reading", "没有针对这种读数的阈值"),
    "limit_unknown": Said("there is no such limit", "没有这个阈值"),
    "limit_no_section": Said(
        "must be a section with limits, such as critical_high = 131",
        "必须是写有阈值的一节，例如 critical_high = 131",
    ),
    "limit_wearer_no_section": Said(
        'must be a section, such as [wearer."{wearer}".heart_rate]',
        '必须是单独的一节，例如 [wearer."{wearer}".heart_rate]',
    ),
    "limit_no_number": Said("must be a number in {unit}, such as {usual:g}", "必须是数字，单位 {unit}，例如 {usual:g}"),
    "limit_outside_rails": Said(
        "{value:g} is outside the rails; {low:g} to {high:g} {unit} is allowed (default {usual:g})",
        "{value:g} 超出允许范围；可设 {low:g} 到 {high:g} {unit}（默认 {usual:g}）",
    ),
    "limit_no_reason": Said("is missing; say why this wearer has other limits", "缺少此项；请写明为何这位佩戴者另有阈值"),
    "limit_no_by": Said("is missing; say who decided it", "缺少此项；请写明由谁决定"),
    "limit_no_day": Said("must be a day, such as 2027-01-31", "必须是日期，例如 2027-01-31"),
    "limit_not_below": Said(
        "{outer} = {value:g} must be below {inner} = {other:g}",
        "{outer} = {value:g} 必须低于 {inner} = {other:g}",
    ),
    "limit_not_above": Said(
        "{outer} = {value:g} must be above {inner} = {other:g}",
        "{outer} = {value:g} 必须高于 {inner} = {other:g}",
    ),
    "limit_too_little_below": Said(
        "{outer} = {value:g} must be below {inner} = {other:g}, by {gap:g} {unit} at least: "
        "an alert ends only so far inside its limit",
        "{outer} = {value:g} 必须比 {inner} = {other:g} 至少低 {gap:g} {unit}：报警要回到阈值以内这么多才结束",
    ),
    "limit_too_little_above": Said(
        "{outer} = {value:g} must be above {inner} = {other:g}, by {gap:g} {unit} at least: "
        "an alert ends only so far inside its limit",
        "{outer} = {value:g} 必须比 {inner} = {other:g} 至少高 {gap:g} {unit}：报警要回到阈值以内这么多才结束",
    ),
    # the table of limits itself, rules.toml
    "table_unit": Said("{unit} is not the unit of {kind}; {right} is", "{unit} 不是 {kind} 的单位，应为 {right}"),
    "table_no_source": Said("is missing; where does this come from?", "缺少此项；请写明出处"),
    "table_persistence": Said(
        "needs either `lasting_s`, or `confirm_s` with `apart_s` and a longer `within_s`",
        "须写 `lasting_s`，或者写 `confirm_s`、`apart_s` 和比它更长的 `within_s`",
    ),
    "table_when": Said("begins with {situation}, so `when` cannot be {when}", "以 {situation} 开头，`when` 不能是 {when}"),
    "table_signature": Said(
        "`reviewed_by` and `reviewed_on`, a day such as 2027-01-31, go together",
        "`reviewed_by` 与 `reviewed_on`（日期，例如 2027-01-31）须同时填写",
    ),
    "table_clear": Said("`back` and `lasting_s` must not be negative", "`back` 和 `lasting_s` 不能是负数"),
    "table_row": Said(
        "no persistence {persistence} or no clear {clear} in this table",
        "此表中没有 persistence {persistence} 或 clear {clear}",
    ),
    "table_outside_rails": Said(
        "{value:g} is outside its own rails, {low:g} to {high:g}",
        "{value:g} 超出它自己的允许范围 {low:g} 到 {high:g}",
    ),
}
