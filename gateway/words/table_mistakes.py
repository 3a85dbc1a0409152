"""What is wrong in the tables of a spreadsheet: the roster, and who is on duty. By the code of the mistake."""

from __future__ import annotations

from gateway.language import Said

TABLES = {
    # the roster
    "roster_is_neither": Said("the file is neither UTF-8 nor GB18030 text", "文件既不是 UTF-8 也不是 GB18030 文本"),
    "rest_reads_differently": Said(
        "without this band the rest of the file would be read in another encoding, and rooms would be wrong;"
        " save it as UTF-8 and try again",
        "删去这只手环后，文件其余内容会被当成另一种编码读取，房间名会出错；请将文件另存为 UTF-8 后重试",
    ),
    "roster_has_no_header": Said(
        "the first line must name the columns: address,driver,wearer,room,key,model",
        "第一行必须是列名：address,driver,wearer,room,key,model，或 地址,驱动,佩戴者,房间,密钥,型号",
    ),
    "unknown_column": Said('there is no column "{name}"', "没有 {name} 这一列"),
    "column_missing": Said('the column "{name}" is missing', "缺少 {name} 这一列"),
    "column_twice": Said('the column "{name}" is there twice', "{name} 列重复"),
    "too_many_cells": Said("has {cells} values for {columns} columns", "有 {cells} 个值，但只有 {columns} 列"),
    "csv": Said("is no CSV here: {why}", "此处不是有效的 CSV：{why}"),
    "file_is_workbook": Said(
        "the file is an Excel workbook, whatever its name ends with; in Excel choose Save As, CSV UTF-8",
        "这是 Excel 工作簿，只改了文件名；请在 Excel 中“另存为”CSV UTF-8 格式",
    ),
    "spreadsheet_number": Said(
        "Excel took this for a number and lost its digits; make the column text, then write it anew",
        "Excel 把它当成了数字，原来的数位已丢失；请先把这一列设为“文本”格式，再重新输入",
    ),
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

CSV = {  # what Python's csv module says
    "unexpected end of data": Said("a quotation mark is not closed", "引号没有成对"),
    "',' expected after '\"'": Said("after a closing quotation mark a comma must follow", "右引号后面必须是逗号"),
    "';' expected after '\"'": Said("after a closing quotation mark a semicolon must follow", "右引号后面必须是分号"),
    "'\t' expected after '\"'": Said("after a closing quotation mark a tab must follow", "右引号后面必须是制表符"),
    "field larger than field limit (131072)": Said("a value is longer than 131072 characters", "有一个值超过 131072 个字符"),
    "line contains NUL": Said("it contains a NUL character", "含有空字符"),
}
