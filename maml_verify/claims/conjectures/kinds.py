"""What the names of a typed bound mean: numbers or vectors, of a task, a step or a batch, and their units.

Where losses are multiplied by c and parameters by s, a quantity of unit (a, b) is multiplied by c^a s^b.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from fractions import Fraction

from maml_verify.claims.conjectures.grammar import RELATIONS, Node, refuse

__all__ = ["CONSTANTS", "FINITE_SUM", "OF_A_POINT", "PARAMETERS", "RESAMPLING", "Kind", "kinds"]

Unit = tuple[Fraction, Fraction]
NONE: Unit = (Fraction(0), Fraction(0))


def _unit(c: int, s: int) -> Unit:
    return Fraction(c), Fraction(s)


CONSTANTS = {
    "L": _unit(1, -2), "rho": _unit(1, -3), "sigma": _unit(1, -1), "sigma_g": _unit(1, -1),
    "sigma_H": _unit(1, -2), "b": _unit(1, -1),
}  # fmt: skip
PARAMETERS = {
    "alpha": _unit(-1, 2),
    "N": NONE,
    "j": NONE,
    "S": NONE,
    "D": NONE,
    "T": NONE,
    "B": NONE,
    "q": NONE,
}
POINTS = ("w", "u")
# Functions of a point: what they give, whether of a task, whether of a batch, unit, whether a step is given.
OF_A_POINT: dict[str, tuple[bool, bool, bool, Unit, bool]] = {
    "dl": (True, True, False, _unit(1, -1), False),
    "dlS": (True, True, False, _unit(1, -1), False),
    "dlT": (True, True, False, _unit(1, -1), False),
    "dL": (True, False, False, _unit(1, -1), False),
    "l": (False, True, False, _unit(1, 0), False),
    "meta": (False, False, False, _unit(1, 0), False),
    "path": (True, True, False, _unit(0, 1), True),
    "sgd": (True, True, True, _unit(0, 1), True),
    "G": (True, True, True, _unit(1, -1), False),
}
FUNCTIONS = ("norm", "E", "E_i", "max_i", "sqrt", "min", "max")
FINITE_SUM, RESAMPLING = {"dlS", "dlT", "b"}, {"dl", "l", "sgd", "G", "sigma_g", "sigma_H"}


@dataclass(frozen=True)
class Kind:
    """What a part of a bound is.

    Attributes
    ----------
    vector : of d coordinates, else a number
    task, step, batch : whether it is another one for each task, step j, or batch
    unit : None where it has none: a sum of unlike quantities
    problem : whether the problem must be asked for it, beyond its constants and parameters
    """

    vector: bool = False
    task: bool = False
    step: bool = False
    batch: bool = False
    unit: Unit | None = NONE
    problem: bool = False


def kinds(text: str, tree: Node) -> dict[Node, Kind]:
    """The kind of every part; parts that are the same at the same place are one.

    Raises
    ------
    ValueError
        For what has no meaning, with a caret at the place.
    """
    found: dict[Node, Kind] = {}
    _Reader(text, found).relation(tree)
    return found


class _Reader:
    def __init__(self, text: str, found: dict[Node, Kind]) -> None:
        self.text, self.found = text, found

    def no(self, node: Node, why: str) -> Kind:
        refuse(self.text, node.at, why)

    def relation(self, node: Node) -> None:
        assert node.kind in RELATIONS
        for part in node.parts:
            kind = self.kind(part)
            if kind.vector:
                self.no(node, "a vector is compared; rule: numbers, such as norm(...)")
            if kind.batch:
                self.no(part, "a side depends on the batches drawn; rule: E(...) of it")

    def kind(self, node: Node) -> Kind:
        self.found[node] = kind = self._kind(node)
        return kind

    def _kind(self, node: Node) -> Kind:
        if node.kind == "number":
            return Kind()
        if node.kind == "name":
            return self.name(node, str(node.value))
        if node.kind == "call":
            return self.call(node, str(node.value))
        parts = [self.kind(part) for part in node.parts]
        if node.kind in ("+", "-"):
            return self.sum(node, parts)
        if node.kind == "**":
            return self.power(node, parts)
        return self.product(node, parts)

    def name(self, node: Node, name: str) -> Kind:
        if name in CONSTANTS:
            return Kind(unit=CONSTANTS[name])
        if name in PARAMETERS:
            return Kind(unit=PARAMETERS[name], step=name == "j")
        if name in POINTS:
            return Kind(vector=True, unit=_unit(0, 1), problem=True)
        if name in OF_A_POINT or name in FUNCTIONS:
            return self.no(node, f"{name} is a function; rule: {name}(...)")
        known = [*CONSTANTS, *PARAMETERS, *POINTS, *OF_A_POINT, *FUNCTIONS]
        near = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; rule: one of {', '.join(known)}"
        return self.no(node, f"{name} is no name of a bound{hint}")

    def call(self, node: Node, name: str) -> Kind:
        if name in OF_A_POINT:
            return self.of_a_point(node, name)
        if name not in FUNCTIONS:
            if name in CONSTANTS or name in PARAMETERS or name in POINTS:
                return self.no(node, f"{name} is not a function")
            return self.name(replace(node, kind="name"), name)
        parts = [self.kind(part) for part in node.parts]
        if name in ("min", "max"):
            return self.sum(node, parts)
        if len(parts) != 1:
            return self.no(node, f"{name} of {len(parts)} arguments; rule: one")
        (one,) = parts
        if name == "norm":
            if not one.vector:
                return self.no(node, "norm of a number; rule: of a vector")
            return replace(one, vector=False)
        if name == "sqrt":
            if one.vector:
                return self.no(node, "sqrt of a vector; rule: of a number")
            return replace(one, unit=one.unit and (one.unit[0] / 2, one.unit[1] / 2))
        if name == "E":
            if not one.batch:
                return self.no(node, "E of what no batch changes; rule: E is over batches, E_i over tasks")
            return replace(one, batch=False)
        if not one.task:
            return self.no(node, f"{name} of what is the same for every task")
        if name == "max_i" and (one.vector or one.batch):
            return self.no(node, "max_i of a vector or of what batches change; rule: of a number")
        return replace(one, task=False)

    def of_a_point(self, node: Node, name: str) -> Kind:
        vector, task, batch, unit, stepped = OF_A_POINT[name]
        rule = f"rule: {name}(w{', j' if stepped else ''})"
        if len(node.parts) != 1 + stepped:
            return self.no(node, f"{name} of {len(node.parts)} arguments; {rule}")
        point, *steps = node.parts
        if point.kind != "name" or point.value not in POINTS:
            return self.no(point, f"{name} of {point}; {rule}, or u in place of w")
        self.kind(point)
        step = False
        for part in steps:
            whole = part.kind == "number" and isinstance(part.value, Fraction) and part.value.denominator == 1
            if not (whole or (part.kind == "name" and part.value in ("j", "N"))):
                return self.no(part, f"step {part}; rule: j, N or a whole number")
            step = self.kind(part).step
        return Kind(vector, task, step, batch, unit, problem=True)

    def sum(self, node: Node, parts: list[Kind]) -> Kind:
        if len({kind.vector for kind in parts}) > 1:
            return self.no(node, "a vector and a number")
        if node.kind == "call" and parts[0].vector:
            return self.no(node, f"{node.value} of vectors; rule: of numbers")
        zero = [part.kind == "number" and part.value == 0 for part in node.parts]
        units = {kind.unit for kind, nothing in zip(parts, zero, strict=True) if not nothing}
        return _joined(parts, units.pop() if len(units) == 1 else (NONE if not units else None))

    def product(self, node: Node, parts: list[Kind]) -> Kind:
        left, right = parts
        if right.vector and (left.vector or node.kind == "/"):
            return self.no(node, "a product or quotient of vectors; rule: a vector times or over a number")
        sign = 1 if node.kind == "*" else -1
        unit = None
        if left.unit is not None and right.unit is not None:
            unit = (left.unit[0] + sign * right.unit[0], left.unit[1] + sign * right.unit[1])
        return _joined(parts, unit)

    def power(self, node: Node, parts: list[Kind]) -> Kind:
        base, exponent = parts
        if base.vector or exponent.vector:
            return self.no(node, "a power by or of a vector; rule: norm(...) ** number")
        if exponent.problem or exponent.task:
            return self.no(node, "an exponent that depends on the problem; rule: of N, j, sizes and numbers")
        value = _value(node.parts[1])
        if base.unit == NONE:
            unit: Unit | None = NONE
        elif base.unit is None or value is None:
            unit = None
        else:
            unit = (base.unit[0] * value, base.unit[1] * value)
        return _joined(parts, unit)


def _joined(parts: list[Kind], unit: Unit | None) -> Kind:
    flags = {
        name: any(getattr(kind, name) for kind in parts)
        for name in ("vector", "task", "step", "batch", "problem")
    }
    return Kind(**flags, unit=unit)


def _value(node: Node) -> Fraction | None:
    """The number that an exponent is, None where it is not one."""
    if node.kind == "number" and isinstance(node.value, Fraction):
        return node.value
    values = [_value(part) for part in node.parts]
    match node.kind, values:
        case "-", [Fraction() as a]:
            return -a
        case "/", [Fraction() as a, Fraction() as b] if b:
            return a / b
    return None
