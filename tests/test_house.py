"""Measures the house: how long its files and functions are, and what never stands in them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "perisai_cli"
FILES = sorted(HOUSE.rglob("*.py"))
MONEY = [path for path in FILES if path.relative_to(HOUSE).parts[0] in ("domain", "rules")]

FILE_LINES = 300
FUNCTION_LINES = 50
FUNCTION_LINES_P95 = 35

Function = ast.FunctionDef | ast.AsyncFunctionDef
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
each_money_file = pytest.mark.parametrize(
    "path", MONEY, ids=lambda path: str(path.relative_to(HOUSE))
)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions_of(path: Path) -> list[Function]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, Function)]


def length_of(function: Function) -> int:
    """Return the lines from ``def`` to the last statement; decorators are not counted."""
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def public(node: ast.Module | ast.ClassDef, outer: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield the public classes, functions and methods of a module or class, with their names."""
    for child in node.body:
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if child.name.startswith("_"):
            continue
        yield f"{outer}{child.name}", child
        if isinstance(child, ast.ClassDef):
            yield from public(child, f"{outer}{child.name}.")


def called(node: ast.AST) -> str:
    """Return the last name of what *node* calls or names (``suppress`` of ``contextlib.suppress``)."""
    if isinstance(node, ast.Call):
        return called(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_there_is_a_house_to_measure() -> None:
    assert len(FILES) > 10
    assert {"domain", "rules"} <= {path.relative_to(HOUSE).parts[0] for path in MONEY}


@each_file
def test_a_file_has_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES


@each_file
def test_a_function_has_at_most_50_lines(path: Path) -> None:
    long = {each.name: length_of(each) for each in functions_of(path)}
    assert not {name: lines for name, lines in long.items() if lines > FUNCTION_LINES}


def test_nineteen_functions_in_twenty_have_at_most_35_lines() -> None:
    lengths = sorted(length_of(each) for path in FILES for each in functions_of(path))
    assert lengths[len(lengths) * 95 // 100] <= FUNCTION_LINES_P95


@each_file
def test_every_public_name_has_a_docstring(path: Path) -> None:
    tree = tree_of(path)
    bare = [name for name, node in public(tree, "") if not ast.get_docstring(node)]  # type: ignore[arg-type]
    assert ast.get_docstring(tree), "the module says what it is for"
    assert not bare


def swallows(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler catches everything unraised, or does nothing at all with what it caught."""
    names = {called(node) for node in ast.walk(handler.type)} if handler.type else {"BaseException"}
    broad = bool(names & {"Exception", "BaseException"})
    raises = any(isinstance(node, ast.Raise) for each in handler.body for node in ast.walk(each))
    uses = handler.name is not None and any(
        isinstance(node, ast.Name) and node.id == handler.name
        for each in handler.body
        for node in ast.walk(each)
    )
    idle = all(
        isinstance(each, ast.Pass)
        or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in handler.body
    )
    return idle or (broad and not raises and not uses)


@each_file
def test_no_exception_is_swallowed(path: Path) -> None:
    handlers = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ExceptHandler)]
    assert not [handler.lineno for handler in handlers if swallows(handler)]
    assert not [
        node.lineno
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and called(node) == "suppress"
        and {called(argument) for argument in node.args} & {"Exception", "BaseException"}
    ]


@pytest.mark.parametrize(
    ("handler", "swallowed"),
    [
        ("except ValueError:\n pass", True),
        ("except ValueError:\n ...", True),
        ("except Exception:\n x = 1", True),
        ("except (OSError, Exception):\n x = 1", True),
        ("except:\n x = 1", True),
        ("except ValueError:\n x = 1", False),
        ("except Exception as error:\n tell(error)", False),
        ("except Exception:\n undo()\n raise", False),
    ],
)
def test_the_measure_knows_a_swallowed_exception(handler: str, swallowed: bool) -> None:
    statement = ast.parse(f"try:\n x = 0\n{handler}").body[0]
    assert isinstance(statement, ast.Try)
    assert swallows(statement.handlers[0]) is swallowed


@each_file
def test_nothing_is_left_for_later(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    comments = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type in (tokenize.COMMENT, tokenize.STRING)
    ]
    assert not [each for each in comments if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", each)]
    assert not [
        node.lineno for node in ast.walk(tree_of(path)) if called(node) == "NotImplementedError"
    ]


@each_money_file
def test_money_never_meets_a_float(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        where = f"line {getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
        assert not (isinstance(node, ast.Name) and node.id == "float"), where
        assert not (isinstance(node, ast.Call) and called(node) == "round"), where


@each_file
def test_nobody_imports_click(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not [module for module in modules if module.split(".")[0] == "click"]
