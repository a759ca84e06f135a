"""Limits that keep a reader's eye on one screen."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

from tests.rules.source import functions, modules, name_of

MAX_LINES = 40
MAX_PARAMETERS = 6
MAX_MODULE_LINES = 300
ORACLES = {"utils.py", "helpers.py", "common.py", "misc.py"}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code: the docstring is a contract, not code."""
    first = function.body[0]
    said = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if said else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return len([argument for argument in given if argument.arg not in {"self", "cls"}])


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A route handler's parameters are the request's own fields, not a design."""
    return any(
        re.match(r"(get|post|put|patch|delete|head|route|asgi)\(", ast.unparse(d)) for d in function.decorator_list
    )


def test_no_function_is_longer_than_forty_lines() -> None:
    long = [
        f"{name_of(path)}:{function.lineno} {function.name} {length(function)}"
        for path in modules()
        for function in functions(path)
        if length(function) > MAX_LINES
    ]
    assert long == []


def test_half_of_the_functions_have_eight_lines_or_fewer() -> None:
    assert median(length(function) for path in modules() for function in functions(path)) <= 8


def test_no_function_takes_more_than_six_parameters() -> None:
    wide = [
        f"{name_of(path)}:{function.lineno} {function.name} {parameters(function)}"
        for path in modules()
        for function in functions(path)
        if parameters(function) > MAX_PARAMETERS and not is_handler(function)
    ]
    assert wide == []


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    assert {name_of(path): lines(path) for path in modules() if lines(path) > MAX_MODULE_LINES} == {}


def test_no_module_is_named_after_nothing() -> None:
    assert [name_of(path) for path in modules() if path.name in ORACLES] == []
