"""The rules for relations between numbers: right - left is 0, or a quotient whose signs are certified."""

from itertools import pairwise
from typing import Any

import flint

from proofs_check.certificates.checker.algebra import Ratio, Ring, fraction, names, require

POSITIVE = {"real > 0", "integer >= 1", "root of an integer >= 1"}
LEAST = {"integer >= 1": 1, "integer >= 0": 0}
Json = dict[str, Any]


class Numbers:
    """A goal, the sorts of its symbols, and what it takes for granted."""

    def __init__(self, part: Json) -> None:
        self.goal, self.sorts = part["goal"], dict(part["symbols"])
        own = names(self.goal)
        self.operators = {s for s, sort in self.sorts.items() if sort == "operator or vector"}
        self.ring = Ring((set(self.sorts) | {"x", "L", "N"}) - self.operators)
        self.one, self.read = self.ring.number(1), self.ring.read
        self.least = {s: LEAST[sort] for s, sort in self.sorts.items() if sort in LEAST}
        self.put: dict[str, Ratio] = {}
        self.end: Any = None
        if self.goal.get("at"):
            self.put["alpha"] = self.read(self.goal["at"])
        elif "x" not in own and self.sorts.get("L") == "real > 0":
            # alpha = x/L: as x runs through the numbers > 0, so does alpha.
            self.put["alpha"], self.sorts["x"] = self.read("x/L"), "real > 0"
        for u, base, exponent in part["powers"]:
            require(u not in own and exponent in self.least, f"{u} is no power")
            self.ring.powers[u] = (self.read(base), exponent)
            self.sorts[u] = "real > 0" if self.positive(self.ring.powers[u][0]) else "real"
        extra = self.sorts.keys() - own - self.ring.powers.keys() - {"alpha", "L", "x"}
        require(all(self.sorts[s] == "real >= 0" for s in extra), "a symbol that the goal has not")

    def coefficients(self, polynomial: Any) -> bool | None:
        """None where one is < 0, or an odd power may be; else whether a product of symbols > 0 is there."""
        strict = False
        for monomial, c in self.ring.terms(polynomial):
            if c < 0 or any(n % 2 and self.sorts.get(s, "real") == "real" for s, n in monomial.items()):
                return None
            strict |= all(self.sorts.get(s) in POSITIVE for s in monomial)
        return strict

    def positive(self, ratio: Ratio) -> bool:
        """Whether top and bottom are > 0 by their coefficients."""
        return bool(self.coefficients(ratio.top) and self.coefficients(ratio.below))

    def known(self) -> list[tuple[Any, bool]]:
        """What is >= 0, and whether > 0: hypotheses, counts less their least values, bounds of powers."""
        given = [self.read(text, self.put) for text in self.goal.get("given") or ()]
        out = [(h.top * s, True) for h in given for s in (1, -1) if self.coefficients(h.below * s)]
        for k, least in self.least.items():
            out += [(self.read(f"{k} - {low}").top, False) for low in {1, least} if low <= least]
        for u, base, k in [(self.ring.symbol(u), base, k) for u, (base, k) in self.ring.powers.items()]:
            rest = base - self.one
            if self.coefficients(rest.top) is not None and self.coefficients(rest.below):
                # Bernoulli: base^(k - low) >= 1 + (k - low)(base - 1).
                for low, more in ((low, more) for low in {0, self.least[k]} for more in (0, 1)):
                    growth = self.one + self.read(f"{more}*({k} - {low})") * rest
                    out.append(((u - base**low * growth).top, False))
            elif self.positive(base):
                out.append(((u - self.one - self.ring.symbol(k) * rest).top, False))
            if self.goal.get("admissible") and k == "N" and rest == self.ring.symbol("x"):
                # U^2 < 2, so U < 3/2; and U >= 1 + x, as N >= 1.
                out += [((self.read("2") - u * u).top, True), ((self.read("3/2") - u).top, True)]
                out.append(((u - base).top, False))
        return out

    def relation(self, gap: Ratio, rel: str, c: Json) -> None:
        """gap = right - left is 0, or > 0, or >= 0, as ``rel`` says."""
        if c["rule"] == "identity":
            return require(gap.top == 0 and rel != "<", "not an identity")
        require(c["rule"] == "bound" and rel in ("<=", "<"), "not the rule of such a relation")
        top, below, sign = self.read(c["numerator"]), self.read(c["denominator"]), -1 if c["negative"] else 1
        require(top / below == gap, "numerator and denominator are not those of the goal")
        self.proof(below.polynomial() * sign, True, c["below"])
        return self.proof(top.polynomial() * sign, rel == "<", c["above"])

    def proof(self, target: Any, strict: bool, lines: list[Json]) -> None:
        """Each line is a polynomial >= 0 by what is known and the lines before it; the last is the target."""
        shown: list[tuple[Any, bool]] = []
        for line in lines:
            p = self.read(line["p"]).polynomial()
            if "of" in line:
                left, sure = self.combined(line.get("times", [["1", []]]), shown)
                right, more = self.combined(line["of"], shown)
                require(sure and left * p == right, f"not such a sum of products: {line['p']}")
            elif "square" in line:
                more = False
                require(self.read(line["square"]).polynomial() ** 2 == p, "not the square")
            elif "cases" in line:
                more = self.counts(line, p)
            elif "pieces" in line:
                more = True
                self.pieces(p, line["pieces"])
            else:
                own, lead = self.coefficients(p), p.leading_coefficient() if p != 0 else 0
                ways = [s for h, s in (self.known() if not own else ())
                        if h != 0 and (r := lead / h.leading_coefficient()) > 0 and h * r == p]  # fmt: skip
                require(ways or own is not None, f"not known: {line['p']} >= 0")
                more = bool(own or any(ways))
            shown.append((p, more))
        require(shown and shown[-1][0] == target and (shown[-1][1] or not strict), "not the last line")

    def combined(self, terms: list[Any], shown: list[tuple[Any, bool]]) -> tuple[Any, bool]:
        """The sum of weight * product of earlier lines, weights > 0; and whether it is > 0."""
        total, strict = self.one.top * 0, False
        for weight, factors in terms:
            product = self.ring.number(fraction(weight)).top
            require(
                fraction(weight) > 0 and all(0 <= k < len(shown) and n >= 0 for k, n in factors), "no line"
            )
            for k, n in factors:
                product = product * shown[k][0] ** n
            strict |= all(shown[k][1] for k, _ in factors)
            total = total + product
        return total, strict

    def counts(self, line: Json, p: Any) -> bool:
        """A count k at its first values, where its powers are written out, then k >= the number of cases."""
        k, (*first, last), strict = line["count"], line["cases"], bool(line["strict"])
        require(self.least[k] == 1, "the count begins elsewhere")
        for n, lines in enumerate(first, 1):
            put = {u: base**n for u, (base, exponent) in self.ring.powers.items() if exponent == k}
            self.proof(self.read(line["p"], put | {k: self.ring.number(n)}).polynomial(), strict, lines)
        self.least[k] = len(first) + 1
        self.proof(p, strict, last)
        self.least[k] = 1
        return strict

    def every_step(self, rel: str, c: Json) -> None:
        """At alpha = 1/(8 N L): for N = 1, 2, ... one by one, then from the last on by pieces in t = 1/N."""
        put, goal = dict(self.put), self.goal
        for n, one in enumerate(c["first"], 1):
            self.put = {"N": self.ring.number(n), "alpha": self.read(goal["at"], {"N": self.ring.number(n)})}
            self.relation(self.read(goal["right"], self.put) - self.read(goal["left"], self.put), rel, one)
        self.put, self.end = put, flint.fmpq(1, len(c["first"]))
        self.relation(self.read(goal["right"], put) - self.read(goal["left"], put), rel, c["rest"])

    def pieces(self, polynomial: Any, ends: list[list[str]]) -> None:
        """t^degree times a polynomial in N = 1/t and powers is > 0 on pieces that make up 0 <= t <= end."""
        at = sorted((fraction(a), fraction(b)) for a, b in ends)
        joined = all(a[1] == b[0] for a, b in pairwise(at)) and at[0][0] == 0 and at[-1][1] == self.end
        require(self.end and joined, "the pieces leave a gap")
        terms = list(self.ring.terms(polynomial))
        degree = max(monomial.get("N", 0) for monomial, _ in terms)
        for low, high in at:
            t, total = flint.arb(low).union(flint.arb(high)), flint.arb(0)
            powers = {u: self.power(u, t) for u in self.ring.powers}
            for monomial, coefficient in terms:
                term = flint.arb(coefficient) * t ** (degree - monomial.get("N", 0))
                for u in monomial.keys() - {"N"}:
                    term *= powers[u] ** monomial[u]
                total += term
            require(total > 0, "not positive on a piece")

    def power(self, u: str, t: flint.arb) -> flint.arb:
        """(1 + t p)^(1/t) = exp(p log(1 + y)/y), y = t p, p a polynomial in t with coefficients >= 0."""
        base, exponent = self.ring.powers[u]
        rest = base - self.one
        ((bottom, c),) = self.ring.terms(rest.below)
        p = flint.arb(0)
        for monomial, value in self.ring.terms(rest.top):
            n = bottom.get("N", 0) - monomial.get("N", 0)
            require({exponent, *monomial, *bottom} == {"N"} and value / c >= 0 and n >= 1, "not 1 + t p(t)")
            p += flint.arb(value / c) * t ** (n - 1)
        y = t * p
        series = (1 - y / 2 + y**2 / 3 - y**3 / 4).union(1 - y / 2 + y**2 / 3)
        ratio = (1 + y).log() / y if y > 0 else series
        return (p * (ratio if ratio.rad() < 1e-3 else series)).exp()
