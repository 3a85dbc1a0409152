"""What is wrong in the tables of a spreadsheet: the roster, and who is on duty. By the code of the mistake."""

from __future__ import annotations

from gateway.language import Said

TABLES = {
    # the roster
    "roster_is_neither": Said("the file is neither UTF-8 nor GB18030 text", "文件既不是 UTF-8 也不是 GB18030 文本"),
    "roster_has_no_header": Said(
        "the first line must name the columns: address,driver,wearer,room,key,model",
        "第一行必须是列名：address,driver,wearer,room,key,model",
    ),
    "unknown_column": Said('there is no column "{name}"', "没有 {name} 这一列"),
    "column_missing": Said('the column "{name}" is missing', "缺少 {name} 这一列"),
    "column_twice": Said('the column "{name}" is there twice', "{name} 列重复"),
    "too_many_cells": Said("has {cells} values for {columns} columns", "有 {cells} 个值，但只有 {columns} 列"),
    "csv": Said("is no CSV here: {why}", "此处不是有效的 CSV：{why}"),
    # who is on duty
    "table_has_no_header": Said("the first line must name the columns: {columns}", "第一行必须是列名：{columns}"),
    "like_a_formula": Said(
        "begins like a formula of a spreadsheet; begin with a letter or a digit", "开头像表格公式；请以文字、字母或数字开头"
    ),
    "bad_phone": Said(
        "is no telephone number; digits alone, or with + and the country code; in a spreadsheet the column must be text",
        "不是电话号码；只写数字，或以 + 加国家代码开头；在 Excel 中请先把这一列设为文本格式",
    ),
    "bad_days": Said(
        'cannot be "{shown}"; such as mon-fri or sat,sun; empty: every day',
        '不能是 "{shown}"；例如 mon-fri 或 sat,sun；留空表示每天',
    ),
    "bad_hours": Said(
        'cannot be "{shown}"; such as 08:00-20:00, or 20:00-08:00 over midnight; empty: always',
        '不能是 "{shown}"；例如 08:00-20:00，跨午夜写 20:00-08:00；留空表示全天',
    ),
    "bad_yes_or_no": Said('must be yes or no, is "{shown}"', '只能写 yes 或 no（是/否），现在是 "{shown}"'),
    "bad_degrees": Said("must be a number; expected {hint}", "必须是数字；应为：{hint}"),
    "person_twice": Said(
        "is the same as in line {first}; a reply could be of either", "与第 {first} 行相同，无法分清是谁的回复"
    ),
}
