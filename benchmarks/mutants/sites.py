"""What can be planted in a file: other operators, constants, exponents, roundings; checks left out."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Change", "changes"]

OPERATORS = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.Mod: ("%", "*"),
}
COMPARISONS = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"), ast.Is: ("is", "is not"),
}  # fmt: skip
LOGIC = {ast.And: ("and", "or"), ast.Or: ("or", "and")}
# Names whose exchange turns a bound into the other one, or what holds everywhere into what holds somewhere.
ROUNDING = {"floor": "ceil", "ceil": "floor", "lower": "upper", "upper": "lower", "mid": "upper"}
NAMES = {"min": "max", "max": "min", "all": "any", "any": "all", "minimum": "maximum", "maximum": "minimum"}


class Change(NamedTuple):
    """One change: the text from ``start`` to ``end`` (line, column in bytes) is replaced.

    Attributes
    ----------
    function : the function or class around it, with those around that; empty at the top of a file
    source : the text of its first line
    where : how many of the same change to a line of the same text stand before it in the function
    """

    file: str
    function: str
    kind: str
    start: tuple[int, int]
    end: tuple[int, int]
    old: str
    new: str
    source: str
    where: int = 0

    @property
    def line(self) -> int:
        """Its first line."""
        return self.start[0]

    @property
    def last(self) -> int:
        """Its last line."""
        return self.end[0]

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from others, wherever its function stands and whatever else is edited."""
        return (self.file, self.function, self.source, f"{self.old} -> {self.new}", str(self.where))

    def planted(self, text: str) -> str:
        """The file's text with the change."""
        lines = text.encode().splitlines(keepends=True)
        (first, left), (last, right) = self.start, self.end
        head, tail = lines[first - 1][:left], lines[last - 1][right:]
        lines[first - 1 : last] = [head + self.new.encode() + tail]
        return b"".join(lines).decode()


def changes(path: Path, root: Path) -> list[Change]:
    """Every change that can be planted in a file."""
    text = path.read_text(encoding="utf-8")
    lines = text.encode().splitlines()
    tree = ast.parse(text)
    around = _functions(tree, len(lines))
    met: Counter[tuple[str, ...]] = Counter()
    found: list[Change] = []
    for kind, start, end, new in sorted(_sites(tree, lines), key=lambda site: site[1:]):
        old = _between(lines, start, end)
        what = (around[start[0]], old, new, lines[start[0] - 1].decode().strip())
        found.append(Change(str(path.relative_to(root)), what[0], kind, start, end, *what[1:], met[what]))
        met[what] += 1
    return found


def _functions(tree: ast.Module, length: int) -> list[str]:
    """For each line the names of the functions and classes around it, such as ``Family.loss``."""
    around = [""] * (length + 1)

    def enter(node: ast.AST, names: tuple[str, ...]) -> None:
        for child in ast.iter_child_nodes(node):
            inner = names
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = (*names, child.name)
                assert child.end_lineno is not None
                for line in range(child.lineno, child.end_lineno + 1):
                    around[line] = ".".join(inner)
            enter(child, inner)

    enter(tree, ())
    return around


Place = tuple[int, int]
Site = tuple[str, Place, Place, str]


def _sites(tree: ast.Module, lines: list[bytes]) -> Iterator[Site]:
    skipped = set(_without_effect(tree))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        yield from _of_node(node, lines)


def _without_effect(tree: ast.Module) -> Iterator[ast.AST]:
    """Annotations, texts of errors, lists of names, and what only a type checker runs."""
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.arg | ast.AnnAssign):
            parts.append(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            parts += [node.returns, *node.decorator_list]
        elif isinstance(node, ast.JoinedStr):
            parts.append(node)
        elif isinstance(node, ast.Raise):
            parts.append(node.exc)
        elif (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING") or (
            isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        ):
            parts.append(node)
        for part in parts:
            if part is not None:
                yield from ast.walk(part)


def _of_node(node: ast.AST, lines: list[bytes]) -> Iterator[Site]:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            if type(op) in OPERATORS:
                yield from _word("operator", _end(left), _start(right), *OPERATORS[type(op)], lines)
            elif isinstance(op, ast.Pow):
                kind = "rounding" if _is_power_of_two(left, right) else "exponent"
                power = _between(lines, _start(right), _end(right))
                new = f"({power}) + 1" if kind == "exponent" else "-120" if power == "-60" else "-60"
                yield kind, _start(right), _end(right), f"({new})"
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            yield from _word("comparison", _end(left), _start(right), *COMPARISONS[type(op)], lines)
        case ast.BoolOp(op=op, values=[left, right, *_]):
            yield from _word("logic", _end(left), _start(right), *LOGIC[type(op)], lines)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield (
                "logic",
                _start(node),
                _end(node),
                f"bool({_between(lines, _start(operand), _end(operand))})",
            )
        case ast.Constant(value=bool(value)):
            yield "constant", _start(node), _end(node), str(not value)
        case ast.Constant(value=int(value)):
            yield "constant", _start(node), _end(node), str(value + 1)
        case ast.Constant(value=float(value)):
            yield "constant", _start(node), _end(node), repr(value * 1.5 + 1e-300)
        case ast.Raise() | ast.Assert():
            yield "check", _start(node), _end(node), "pass"
        case ast.Call(func=ast.Name(id=name)) if name in NAMES | ROUNDING:
            kind = "logic" if name in NAMES else "rounding"
            yield kind, _start(node.func), _end(node.func), (NAMES | ROUNDING)[name]
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in NAMES | ROUNDING:
            kind = "logic" if name in NAMES else "rounding"
            yield from _word(kind, _end(value), _end(node.func), name, (NAMES | ROUNDING)[name], lines)
        case ast.Call(func=ast.Attribute(attr="nextafter"), args=[_, towards]):
            yield (
                "rounding",
                _start(towards),
                _end(towards),
                f"-({_between(lines, _start(towards), _end(towards))})",
            )


def _word(kind: str, start: Place, end: Place, old: str, new: str, lines: list[bytes]) -> Iterator[Site]:
    """The place of an operator or a name between two others, where they stand in one line."""
    if start[0] == end[0]:
        column = lines[start[0] - 1].find(old.encode(), start[1], end[1])
        if column >= 0:
            yield kind, (start[0], column), (start[0], column + len(old)), new


def _is_power_of_two(base: ast.expr, exponent: ast.expr) -> bool:
    two = isinstance(base, ast.Constant) and base.value in (2, 2.0)
    return two and isinstance(exponent, ast.UnaryOp) and isinstance(exponent.op, ast.USub)


def _start(node: ast.expr | ast.stmt) -> Place:
    return node.lineno, node.col_offset


def _end(node: ast.expr | ast.stmt) -> Place:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset


def _between(lines: list[bytes], start: Place, end: Place) -> str:
    rows = lines[start[0] - 1 : end[0]]
    if len(rows) == 1:
        return rows[0][start[1] : end[1]].decode()
    return b"\n".join([rows[0][start[1] :], *rows[1:-1], rows[-1][: end[1]]]).decode()
