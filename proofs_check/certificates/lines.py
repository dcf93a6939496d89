"""A decision of the engine as lines that the checker reads: each a polynomial >= 0, by what stands above it.

A line is known (a hypothesis, coefficients of one sign, a bound of a power), a square, a sum of products of
earlier lines (``of``) over another such sum (``times``), a case for each value of a count, or a polynomial in
N = 1/t that Arb shows on pieces of t. The last line is what is to be shown.
"""

from __future__ import annotations

from functools import singledispatchmethod
from typing import Any

import sympy as sp

from proofs_check.certificates.enclosed import Tail
from proofs_check.certificates.scalar import (
    Coefficients,
    Factors,
    Parts,
    Power,
    Products,
    Shifted,
)

__all__ = ["Lines"]

#: weight, and (line, power) of each factor
Term = tuple[sp.Rational, dict[int, int]]


class Lines:
    """The lines so far, with their polynomials.

    ``x`` is alpha L, ``powers`` the unknowns U with base and exponent, and ``given`` the hypotheses.
    """

    def __init__(self, x: sp.Symbol, powers: tuple[Power, ...]) -> None:
        self.x, self.powers = x, {u: (base, k) for u, base, k in powers}
        self.lines: list[dict[str, Any]] = []
        self._places: dict[sp.Expr, int] = {}

    def known(self, p: sp.Expr) -> int:
        """The place of a line that needs no other."""
        return self._add(p, {})

    def _add(self, p: sp.Expr, why: dict[str, Any]) -> int:
        p = sp.expand(p)
        if p not in self._places:
            self._places[p] = len(self.lines)
            self.lines.append({"p": p} | why)
        return self._places[p]

    def _sum(self, p: sp.Expr, terms: list[Term], times: list[Term] | None = None) -> int:
        """p = terms/times."""
        p = sp.expand(p)
        alone = times is None and len(terms) == 1 and terms[0][0] == 1 and list(terms[0][1].values()) == [1]
        # A line that another one already is; the last one has to be said again, since it is the goal.
        if alone and self.lines[next(iter(terms[0][1]))]["p"] == p:
            return next(iter(terms[0][1]))
        said = [[c, [[k, n] for k, n in sorted(f.items()) if n]] for c, f in terms]
        why: dict[str, Any] = {"of": said}
        if times is not None:
            why["times"] = [[c, [[k, n] for k, n in sorted(f.items()) if n]] for c, f in times]
        self._places.pop(p, None)
        return self._add(p, why)

    def end(self, place: int) -> None:
        """Make the line at a place the last one."""
        if place != len(self.lines) - 1:
            self.lines.append({"p": self.lines[place]["p"], "of": [[sp.Integer(1), [[place, 1]]]]})

    @singledispatchmethod
    def show(self, found: Any) -> int:
        """The line of what a certificate shows to be >= 0.

        Raises
        ------
        TypeError
            If the checker has no rule for such a certificate.
        """
        raise TypeError(f"certificate = {type(found).__name__}; rule: one of those that lines can say")

    @show.register
    def _(self, found: Coefficients) -> int:
        *heads, last = found.parts
        if heads:
            (k,) = {k for _, k in self.powers.values() if k in dict(heads[0].substitution)}
            cases = []
            for part in (*heads, last):
                inner = Lines(self.x, found.powers)
                if part is last:
                    inner.end(inner._shifted(found.expression, part))
                else:
                    inner.end(inner.known(part.top.expr))
                cases.append(inner.lines)
            return self._add(found.expression, {"cases": cases, "count": k, "strict": found.strict})
        return self._shifted(found.expression, last)

    def _shifted(self, expr: sp.Expr, part: Shifted) -> int:
        """expr * below = top after a substitution, each new symbol a quotient of lines."""
        quotients = self._quotients(part)
        sums = []
        polynomials = (part.top, part.below)
        most = {s: max(p.degree(s) for p in polynomials) for s in quotients}
        for polynomial in polynomials:
            terms: list[Term] = []
            for exponents, c in polynomial.terms:
                factors: dict[int, int] = {}
                degrees = dict(zip(polynomial.symbols, exponents, strict=True))
                for s, n in degrees.items():
                    if s not in quotients and n:
                        even = not s.is_nonnegative
                        line = self.known(s**2 if even else s)
                        factors[line] = factors.get(line, 0) + (n // 2 if even else n)
                for s, (top, under) in quotients.items():
                    n = degrees.get(s, 0)
                    for place, count in ((top, n), (under, most[s] - n)):
                        if place is not None and count:
                            factors[place] = factors.get(place, 0) + count
                terms.append((c, factors))
            sums.append(terms)
        return self._sum(expr, sums[0], sums[1])

    def _quotients(self, part: Shifted) -> dict[sp.Symbol, tuple[int, int | None]]:
        """Each symbol that the substitution brings along: line over line (or over 1)."""
        out: dict[sp.Symbol, tuple[int, int | None]] = {}
        counts = {}
        for s, value in part.substitution:
            if s.is_integer:
                low = value.subs({f: 0 for f in value.free_symbols})
                (new,) = value.free_symbols
                counts[s] = (new, low)
                out[new] = (self.known(s - low), None)
        for s, value in part.substitution:
            if s.is_integer or s not in self.powers:
                continue
            base, k = self.powers[s]
            fresh = value.free_symbols - base.free_symbols - ({counts[k][0]} if k in counts else set())
            (v,) = fresh
            at_0 = sp.expand(value.subs(v, 0))
            scale = (
                sp.expand(sp.diff(value, v))
                if sp.fraction(sp.together(value))[1].free_symbols.isdisjoint({v})
                else None
            )
            if scale is None:
                return self._admissible(s, v, part, out)
            if k in counts:
                at_0 = sp.expand(at_0.subs(counts[k][0], k - counts[k][1]))
            below = None if scale == 1 else self.known(scale)
            out[v] = (self.known(sp.fraction(sp.together(s - at_0))[0]), below)
        return out

    def _admissible(
        self, u: sp.Symbol, w: sp.Symbol, part: Shifted, out: dict[sp.Symbol, tuple[int, int | None]]
    ) -> dict[sp.Symbol, tuple[int, int | None]]:
        """U = 1 + v, v = w/(2 (1 + w)), x = v/(1 + z): w = 2 (U - 1)/(3 - 2 U), z = (U - 1 - x)/x."""
        (z,) = dict(part.substitution)[self.x].free_symbols - {w}
        room = self.known(u - 1 - self.x)
        rise = self._sum(2 * (u - 1), [(sp.Integer(2), {room: 1}), (sp.Integer(2), {self.known(self.x): 1})])
        return {**out, w: (rise, self.known(3 - 2 * u)), z: (room, self.known(self.x))}

    @show.register
    def _(self, found: Factors) -> int:
        factors: dict[int, int] = {}
        for f in found.factors:
            if f.why is None:
                line, n = self._add(f.base**2, {"square": f.base}), int(f.power) // 2
            elif isinstance(f.why, Coefficients):
                line, n = self.show(f.why), int(f.power)
            else:
                line, n = self.known(f.sign * f.base), int(f.power)
            factors[line] = factors.get(line, 0) + n
        return self._sum(found.sign * found.expression, [(abs(found.coefficient), factors)])

    @show.register
    def _(self, found: Parts) -> int:
        return self._parts(
            found.expression, found.symbols, found.shift, [(p, self.show(f)) for p, f in found.parts]
        )

    def _parts(
        self, expr: sp.Expr, symbols: Any, shift: Any, parts: list[tuple[tuple[int, ...], int]]
    ) -> int:
        """The sum of monomials of symbols (counts less 1) times lines."""
        outer = [self.known(s - 1 if s in dict(shift) else s) for s in symbols]
        terms: list[Term] = []
        for powers, line in parts:
            factors = {line: 1}
            for place, n in zip(outer, powers, strict=True):
                if n:
                    factors[place] = factors.get(place, 0) + n
            terms.append((sp.Integer(1), factors))
        return self._sum(expr, terms)

    @show.register
    def _(self, found: Products) -> int:
        known = [self.known(c) for c, _ in found.constraints]
        terms: list[Term] = []
        for weight, places, square in found.terms:
            factors: dict[int, int] = {}
            lines = [known[k] for k in places]
            if square != 1:
                lines.append(self._add(square**2, {"square": square}))
            for line in lines:
                factors[line] = factors.get(line, 0) + 1
            terms.append((weight, factors))
        return self._sum(found.expression, terms)

    @show.register
    def _(self, found: Tail) -> int:
        parts = [(p.powers, self._add(p.sign * p.coefficient, {"pieces": p.boxes})) for p in found.parts]
        return self._parts(found.sign * found.expression, found.symbols, found.shift, parts)
