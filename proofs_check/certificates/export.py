"""A goal with its certificate in the form that the checker reads, see `checker`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import sympy as sp

from proofs_check.certificates.base import Certificate
from proofs_check.certificates.derivatives import Primitive, Rising
from proofs_check.certificates.enclosed import EveryStep, Number
from proofs_check.certificates.lines import Lines
from proofs_check.certificates.plain import plain
from proofs_check.certificates.scalar import Bounded, Identity, Inductive, Positive, Power
from proofs_check.certificates.vectors import Expansion, GramIdentity, Norms, Segmentwise, Semidefinite

__all__ = ["part"]


def part(goal: Any, certificate: Certificate) -> dict[str, Any]:
    """A goal, its certificate, the sorts of their symbols and the unknowns that stand for powers.

    Raises
    ------
    TypeError
        If the checker has no rule for such a certificate.
    """
    powers = tuple(dict.fromkeys(_powers(certificate)))
    return plain({"goal": goal, "powers": powers, "certificate": _rule(certificate)})


def _powers(value: Any) -> list[Power]:
    """The unknowns that stand for powers, wherever a certificate names them."""
    if is_dataclass(value):
        own = list(getattr(value, "powers", ()))
        found = [p for p in own if isinstance(p, tuple)]
        return found + [
            p for f in fields(value) if f.name != "powers" for p in _powers(getattr(value, f.name))
        ]
    if isinstance(value, tuple):
        return [p for inner in value for p in _powers(inner)]
    return []


def _bound(found: Positive | EveryStep, below: Any, above: Any) -> dict[str, Any]:
    x = next(
        (s for _, value in found.put for s in sp.sympify(value).free_symbols if isinstance(s, sp.Dummy)), None
    )
    proofs = {}
    for name, certificate in (("below", below), ("above", above)):
        lines = Lines(x, found.powers)
        lines.end(lines.show(certificate))
        proofs[name] = lines.lines
    shape = {"numerator": found.numerator, "denominator": found.denominator, "negative": below.sign < 0}
    return {"rule": "bound"} | shape | proofs


def _rule(found: Any) -> dict[str, Any]:
    """The rule that the checker is to use, and what it needs."""
    if type(found) not in RULES:
        raise TypeError(f"certificate = {type(found).__name__}; rule: one that the checker knows")
    return RULES[type(found)](found)


def _every_step(found: EveryStep) -> dict[str, Any]:
    rest = _bound(found, found.below, found.above)
    return {"rule": "every step", "first": tuple(map(_rule, found.first)), "rest": rest}


def _rising(found: Rising) -> dict[str, Any]:
    shape = (found.top.expression, found.below.expression)
    slope = Positive(0, shape[0] / shape[1], True, (), (), *shape, found.below, found.top)
    (logarithm,) = found.function.atoms(sp.log)
    parts = {"polynomial": found.function + logarithm, "inside": logarithm.args[0]}
    return {"rule": "rising", "slope": _rule(slope)} | parts


def _recursion(found: Inductive) -> dict[str, Any]:
    return {"rule": "recursion"} | {name: _rule(getattr(found, name)) for name in ("base", "step", "factor")}


def _minors(found: Semidefinite) -> dict[str, Any]:
    minors = tuple(_rule(shown) for _, shown in found.minors)
    return {"rule": "gram", "weights": tuple(map(_rule, found.weights)), "minors": minors}


def _segment(found: Segmentwise) -> dict[str, Any]:
    return {"rule": "segment", "inside": _rule(found.inside), "outside": _rule(found.outside)}


RULES: dict[type, Callable[[Any], dict[str, Any]]] = {
    Identity: lambda _: {"rule": "identity"},
    Positive: lambda found: _bound(found, found.below, found.above),
    EveryStep: _every_step,
    Bounded: lambda found: _rule(found.scalar),
    Number: lambda _: {"rule": "number"},
    Rising: _rising,
    Primitive: lambda _: {"rule": "primitive"},
    Inductive: _recursion,
    Norms: lambda found: _rule(found.scalar),
    GramIdentity: lambda _: {"rule": "gram", "weights": ()},
    Semidefinite: _minors,
    Segmentwise: _segment,
    Expansion: lambda _: {"rule": "expansion"},
}
