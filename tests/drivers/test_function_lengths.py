"""A driver is read by strangers, so none of its functions is long."""

from __future__ import annotations

import ast
from pathlib import Path

import drivers

FILES = sorted(Path(drivers.__file__).parent.glob("**/*.py"))
TOO_LONG = 50  # lines, with its head and its docstring


def test_every_function_is_shorter_than_fifty_lines() -> None:
    functions = [
        (f"{path.name}: {node.name}", node)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert {name: length for name, node in functions if (length := _lines(node)) >= TOO_LONG} == {}


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1
