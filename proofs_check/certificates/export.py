"""A goal with its certificate in the form that the checker reads, see `checker`."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import singledispatch
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


@singledispatch
def _rule(found: Any) -> dict[str, Any]:
    raise TypeError(f"certificate = {type(found).__name__}; rule: one that the checker knows")


@_rule.register
def _(found: Identity) -> dict[str, Any]:
    return {"rule": "identity"}


@_rule.register
def _(found: Positive) -> dict[str, Any]:
    return _bound(found, found.below, found.above)


@_rule.register
def _(found: EveryStep) -> dict[str, Any]:
    rest = _bound(found, found.below, found.above)
    return {"rule": "every step", "first": tuple(_rule(one) for one in found.first), "rest": rest}


@_rule.register
def _(found: Bounded) -> dict[str, Any]:
    return _rule(found.scalar)


@_rule.register
def _(found: Number) -> dict[str, Any]:
    return {"rule": "number"}


@_rule.register
def _(found: Rising) -> dict[str, Any]:
    shape = (found.top.expression, found.below.expression)
    slope = Positive(0, shape[0] / shape[1], True, (), (), *shape, found.below, found.top)
    (logarithm,) = found.function.atoms(sp.log)
    parts = {"polynomial": found.function + logarithm, "inside": logarithm.args[0]}
    return {"rule": "rising", "slope": _rule(slope)} | parts


@_rule.register
def _(found: Primitive) -> dict[str, Any]:
    return {"rule": "primitive"}


@_rule.register
def _(found: Inductive) -> dict[str, Any]:
    return {"rule": "recursion"} | {name: _rule(getattr(found, name)) for name in ("base", "step", "factor")}


@_rule.register
def _(found: Norms) -> dict[str, Any]:
    return _rule(found.scalar)


@_rule.register
def _(found: GramIdentity) -> dict[str, Any]:
    return {"rule": "gram", "weights": ()}


@_rule.register
def _(found: Semidefinite) -> dict[str, Any]:
    minors = tuple(_rule(shown) for _, shown in found.minors)
    return {"rule": "gram", "weights": tuple(map(_rule, found.weights)), "minors": minors}


@_rule.register
def _(found: Segmentwise) -> dict[str, Any]:
    return {"rule": "segment", "inside": _rule(found.inside), "outside": _rule(found.outside)}


@_rule.register
def _(found: Expansion) -> dict[str, Any]:
    return {"rule": "expansion"}
