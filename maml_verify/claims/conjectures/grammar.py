"""The grammar of a typed bound: a text becomes a tree, and is never evaluated as Python.

bound  := sum ("<=" | "<" | "==" | ">=" | ">") sum
sum    := term (("+" | "-") term)*
term   := sign (("*" | "/") sign)*
sign   := ("-" | "+") sign | power
power  := atom ("**" sign)?
atom   := number | name | name "(" sum ("," sum)* ")" | "(" sum ")"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

__all__ = ["RELATIONS", "Node", "parse", "refuse"]

RELATIONS = ("<=", "<", "==", ">=", ">")
# How closely operations bind their parts; those with the larger number are taken first.
BINDING = {**dict.fromkeys(RELATIONS, 0), "+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
# Deeper texts would end in the recursion limit of Python.
DEEPEST = 100
LONGEST = 2000
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?)|([A-Za-z_]\w*)|(\*\*|<=|>=|==|[-+*/(),<>]))")


@dataclass(frozen=True)
class Node:
    """A part of a text: what it is, its parts, and the column at which it starts.

    Attributes
    ----------
    kind : ``number``, ``name``, ``call``, an operator, or a relation
    value : the number, or the name
    """

    kind: str
    at: int
    value: Fraction | str = ""
    parts: tuple[Node, ...] = ()

    def __str__(self) -> str:
        """The part as a text, with the brackets that it needs."""
        if self.kind == "call":
            return f"{self.value}({', '.join(map(str, self.parts))})"
        if self.kind in ("number", "name"):
            return str(self.value)
        own = BINDING[self.kind]
        if len(self.parts) == 1:
            return f"-{self._inside(self.parts[0], own + 1)}"
        left, right = self.parts
        space = "" if self.kind == "**" else " "
        # What stands to the right is taken first only in powers.
        inner = (own + 1, own) if self.kind == "**" else (own, own + 1)
        return f"{self._inside(left, inner[0])}{space}{self.kind}{space}{self._inside(right, inner[1])}"

    @staticmethod
    def _inside(part: Node, least: int) -> str:
        fraction = part.kind == "number" and isinstance(part.value, Fraction) and part.value.denominator > 1
        binding = BINDING["/"] if fraction else BINDING.get(part.kind, len(BINDING))
        return f"({part})" if binding < least else str(part)


class TextError(ValueError):
    """A text without meaning: why, and two lines that point at the place.

    Attributes
    ----------
    pointed : a part of the text that a terminal of 80 columns shows whole, and below it a caret
    """

    def __init__(self, why: str, text: str, at: int) -> None:
        start = max(0, min(at - 60, len(text) - 78))
        shown = text[start : start + 78].replace("\n", " ").replace("\t", " ")
        self.pointed = (f"  {shown}", f"  {' ' * (at - start)}^")
        super().__init__("\n".join((f"{why}, at column {at + 1}", *self.pointed)))


def refuse(text: str, at: int, why: str) -> NoReturn:
    """Raise a `TextError` that points at a place of the text."""
    raise TextError(why, text, at)


def parse(text: str) -> Node:
    """The tree of a bound, or of a condition.

    Raises
    ------
    ValueError
        Where the text is none, with a caret at the place.
    """
    if not isinstance(text, str):
        raise TypeError(f"text = {text!r}; rule: a string such as 'norm(dL(w)) <= 2*L*norm(w - u)'")
    if len(text) > LONGEST:
        raise ValueError(f"the text has {len(text)} letters; rule: at most {LONGEST}")
    return _Reader(text).bound()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.depth = text, 0
        self.tokens: list[tuple[str, str, int]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found:
                at += len(text[at:]) - len(text[at:].lstrip())
                refuse(
                    text, at, f"{text[at]!r} is not of the grammar; rule: names, numbers, + - * / ** ( ) , <="
                )
            kind = ("number", "name", "sign")[(found.lastindex or 1) - 1]
            self.tokens.append(
                (kind, found.group(found.lastindex or 0), found.end() - len(found[found.lastindex or 0]))
            )
            at = found.end()
        self.k = 0

    def peek(self) -> str:
        return self.tokens[self.k][1] if self.k < len(self.tokens) else ""

    def at(self) -> int:
        return self.tokens[self.k][2] if self.k < len(self.tokens) else len(self.text.rstrip())

    def take(self) -> tuple[str, str, int]:
        self.k += 1
        return self.tokens[self.k - 1]

    def bound(self) -> Node:
        left = self.sum()
        if self.peek() not in RELATIONS:
            what = f"{self.peek()!r}" if self.peek() else "the end"
            refuse(self.text, self.at(), f"{what} where a relation is expected; rule: LEFT <= RIGHT")
        _, relation, at = self.take()
        right = self.sum()
        if self.peek():
            why = "a second relation" if self.peek() in RELATIONS else f"{self.peek()!r}"
            refuse(self.text, self.at(), f"{why} after the end of the bound; rule: LEFT <= RIGHT")
        return Node(relation, at, "", (left, right))

    def sum(self) -> Node:
        return self.chain(("+", "-"), self.term)

    def term(self) -> Node:
        return self.chain(("*", "/"), self.sign)

    def chain(self, signs: tuple[str, ...], inner: object) -> Node:
        node: Node = inner()  # type: ignore[operator]
        while self.peek() in signs:
            _, sign, at = self.take()
            node = Node(sign, at, "", (node, inner()))  # type: ignore[operator]
        return node

    def sign(self) -> Node:
        if self.peek() not in ("-", "+"):
            return self.power()
        _, sign, at = self.take()
        self.deeper(at)
        part = self.sign()
        self.depth -= 1
        return part if sign == "+" else Node("-", at, "", (part,))

    def power(self) -> Node:
        base = self.atom()
        if self.peek() != "**":
            return base
        _, _, at = self.take()
        self.deeper(at)
        exponent = self.sign()
        self.depth -= 1
        return Node("**", at, "", (base, exponent))

    def atom(self) -> Node:
        if self.k == len(self.tokens):
            refuse(self.text, self.at(), "the text ends where a number or a name is expected")
        kind, word, at = self.take()
        if kind == "number":
            return Node("number", at, Fraction(word))
        if kind == "name" and self.peek() != "(":
            return Node("name", at, word)
        if kind == "name":
            _, _, opened = self.take()
            parts = self.inside(opened)
            return Node("call", at, word, parts)
        if word == "(":
            (part, *more) = self.inside(at)
            if more:
                refuse(
                    self.text, more[0].at, "a second expression in brackets; rule: one, but for a function"
                )
            return part
        refuse(self.text, at, f"{word!r} where a number or a name is expected")

    def inside(self, opened: int) -> tuple[Node, ...]:
        self.deeper(opened)
        parts = [self.sum()]
        while self.peek() == ",":
            self.take()
            parts.append(self.sum())
        if self.peek() != ")":
            refuse(self.text, opened, "this bracket is not closed")
        self.take()
        self.depth -= 1
        return tuple(parts)

    def deeper(self, at: int) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            refuse(self.text, at, f"brackets or signs deeper than {DEEPEST}")
