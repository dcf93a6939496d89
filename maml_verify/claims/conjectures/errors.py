"""Errors that are planted in a typed bound: its right side with a term, a factor or a power less."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from maml_verify.claims.conjectures.grammar import Node

__all__ = ["wrong_sides"]

HALF, ONE = Fraction(1, 2), Fraction(1)
# What is dropped of two parts: an operation in which the other one alone is left.
WITHOUT = {"+": "term", "*": "factor"}


def wrong_sides(side: Node, asked: Callable[[Node], bool]) -> dict[str, Node]:
    """Right sides that are wrong by one part, each with what was done to it.

    Parameters
    ----------
    asked : whether a part is a number that the problem is asked for: such parts stay as they are
    """
    found: dict[str, Node] = {}
    for name, wrong in _wrong(side, asked):
        found.setdefault(name, wrong)
    return found


def _wrong(node: Node, asked: Callable[[Node], bool]) -> Iterator[tuple[str, Node]]:
    if asked(node):
        return
    if node.kind in WITHOUT:
        for dropped, left in (node.parts, node.parts[::-1]):
            yield f"{WITHOUT[node.kind]} {dropped} dropped", left
    elif node.kind == "/":
        yield f"factor 1/{node.parts[1]} squared", Node("/", node.at, "", (node, node.parts[1]))
    elif node.kind == "**":
        base, exponent = node.parts
        less = Node("-", node.at, "", (exponent, Node("number", node.at, ONE)))
        yield f"power {exponent} of {base} one less", replace(node, parts=(base, less))
    elif node.kind == "number" and isinstance(node.value, Fraction) and node.value:
        yield f"{node.value} halved", replace(node, value=node.value * HALF)
    elif node.kind == "call" and node.value == "sqrt":
        yield f"root of {node.parts[0]} dropped", node.parts[0]
    for k, part in enumerate(node.parts):
        if node.kind == "**" and k:
            continue  # an exponent is taken as a whole
        for name, wrong in _wrong(part, asked):
            yield name, replace(node, parts=(*node.parts[:k], wrong, *node.parts[k + 1 :]))
