"""The rules for each kind of goal: numbers, recursions, norms, inner products, operators, derivatives."""

import ast
from itertools import combinations
from typing import Any

import flint

from proofs_check.certificates.checker.algebra import Ratio, Ring, Words, names, require, value
from proofs_check.certificates.checker.scalars import Json, Numbers


class Goals(Numbers):
    """A goal with the rule of its kind."""

    def scalar(self, goal: Json, c: Json) -> None:
        """left rel right; a symbol with 0 < symbol <= bound is bound/(1 + slack), 0 being a limit."""
        if c["rule"] == "every step":
            return self.every_step(goal["rel"], c)
        if c["rule"] == "number":
            gap = value(f"{goal['right']} - ({goal['left']})", flint.arb, exponential)
            return require(goal["rel"] == "<" and gap > 0, "the ball is not positive")
        if c["rule"] == "rising":
            return self.rising(goal, c)
        put, sides = dict(self.put), (goal["right"], goal["left"])
        for k, (symbol, bound) in enumerate(goal["upper"]):
            require(goal["rel"] == "<=" and not goal["given"], "the limit may not be taken")
            require(
                f"slack{k}" not in names(goal) and self.sorts[symbol] in ("real > 0", "real >= 0"), "sorts"
            )
            below = [self.read(side, self.put).below for side in sides]
            require(all(symbol not in m for b in below for m, _ in self.ring.terms(b)), "a denominator")
            put[symbol] = self.read(f"({bound})/(1 + slack{k})", self.put)
        return self.relation(self.read(sides[0], put) - self.read(sides[1], put), goal["rel"], c)

    def rising(self, goal: Json, c: Json) -> None:
        """0 < f = polynomial - log(inside) for a symbol > 0, as f(0) = 0 and f' > 0; inside > 0."""
        polynomial, inside = c["polynomial"], c["inside"]
        require(
            ast.dump(ast.parse(f"{polynomial} - log({inside})")) == ast.dump(ast.parse(goal["right"])), "f"
        )
        (t,) = names(goal["right"]) - {"log"}
        require(goal["rel"] == "<" and str(goal["left"]) == "0" and self.sorts[t] == "real > 0", "not 0 < f")
        at_0 = [self.read(text, {t: self.ring.number(0)}) for text in (polynomial, inside)]
        p, inner = self.read(polynomial).polynomial(), self.read(inside).polynomial()
        require(at_0[0].top == 0 and at_0[1] == self.one and self.coefficients(inner), "f(0) is not 0")
        rise = [f.derivative(self.ring.symbols.index(t)) for f in (p, inner)]
        self.relation(Ratio(self.ring, rise[0] * inner - rise[1], inner), "<", c["slope"])

    def recursion(self, goal: Json, c: Json) -> None:
        """V(n) = factor V(n-1) + term from V(start) = first: the first value, the step, and factor >= 0."""
        i, read, start = goal["index"], self.read, goal["start"]
        ends = (start, f"{i} + {start} - 1", f"{i} + {start}")
        first, before, now = (self.put | {i: read(text)} for text in ends)
        self.relation(read(goal["closed"], first) - read(goal["first"], self.put), goal["rel"], c["base"])
        step = read(goal["factor"], now) * read(goal["closed"], before) + read(goal["term"], now)
        self.relation(read(goal["closed"], now) - step, goal["rel"], c["step"])
        self.relation(read(goal["factor"], now), "<=", c["factor"])

    def words(self, text: Any, put: dict[str, Words] | None = None) -> Words:
        """A text with operators, expanded."""

        def leaf(name: Any) -> Words:
            if name in self.operators:
                return (put or {}).get(name) or Words({(name,): self.one})
            return Words({(): self.read(name, self.put)})

        return value(text, leaf)

    def norms(self, goal: Json, c: Json) -> None:
        """||sum of products|| <= sum of the products of the factors' bounds."""
        total, bound = Words(), self.ring.number(0)
        for term in goal["terms"]:
            product, size = Words({(): self.one}), self.one
            for vector, norm in term:
                product, size = product * self.words(vector), size * self.read(norm, self.put)
            total, bound = total + product, bound + size
        require(total - self.words(goal["vector"]) == {}, "the products do not add up")
        self.relation(self.read(goal["right"], self.put) - bound, goal["rel"], c)

    def products(self, goal: Json, c: Json) -> None:
        """Both sides agree in every word but those that hold an operator of mean 0 once; for lists of any
        length, the shortest and one member more."""
        known = {symbol: self.words(text) for symbol, text in goal.get("known", ())}
        pairs = goal["pairs"] if "pairs" in goal else (goal["start"], goal["step"])
        for k, (left, right) in enumerate(pairs):
            gap = self.words(left, known if k and "step" in goal else None) - self.words(right)
            require(all(any(w.count(o) == 1 for o in goal.get("centred", ())) for w in gap), "words differ")

    def form(self, pairs: list[Any], weight: Ratio, total: dict[tuple[str, ...], Ratio]) -> None:
        """Add weight times a sum of inner products of combinations of named vectors."""
        for (a, b), factor in pairs:
            for one, c in [(a, 1)] if isinstance(a, str) else a:
                for two, d in [(b, 1)] if isinstance(b, str) else b:
                    more = [self.read(text, self.put) for text in (factor, c, d)]
                    key = tuple(sorted((one, two)))
                    total[key] = total.get(key, self.ring.number(0)) + weight * more[0] * more[1] * more[2]

    def gram(self, goal: Json, c: Json) -> None:
        """right - left - sum of weight * fact is 0, or its principal minors are >= 0; weights >= 0."""
        total: dict[tuple[str, ...], Ratio] = {}
        zero, vectors = self.ring.number(0), goal["vectors"]
        self.form(goal["right"], self.one, total)
        self.form(goal["left"], zero - self.one, total)
        for (weight, fact), shown in zip(goal["facts"], c["weights"], strict=True):
            self.relation(self.read(weight, self.put), "<=", shown)
            self.form(fact, zero - self.read(weight, self.put), total)
        for pair in goal["orthogonal"]:
            total.pop(tuple(sorted(pair)), None)
        require(
            {v for key in total for v in key} <= set(vectors) and c["rule"] == "gram", "an unnamed vector"
        )
        if goal["rel"] == "==":
            return require(all(v.top == 0 for v in total.values()), "not an identity")
        both = [[total.get(tuple(sorted((a, b))), zero) for b in vectors] for a in vectors]
        twice = [[v + v if i == j else v for j, v in enumerate(row)] for i, row in enumerate(both)]
        places = range(len(vectors))
        minors = [rows for k in range(1, len(vectors) + 1) for rows in combinations(places, k)]
        for rows, shown in zip(minors, c["minors"], strict=True):
            half = self.read(f"1/{2 ** len(rows)}")
            self.relation(determinant([[twice[i][j] for j in rows] for i in rows]) * half, "<=", shown)

    def segment(self, goal: Json, c: Json) -> None:
        """The bound of the integrand at every t in (0, 1], and that of the bound's integral over t."""
        t, inside, integral = goal["at"], goal["pointwise"], []
        self.gram(inside, c["inside"])
        for pair, weight in inside["right"]:
            ratio = self.read(weight, self.put)
            require(all(t not in m for m, _ in self.ring.terms(ratio.below)), "no polynomial in t")
            for monomial, q in self.ring.terms(ratio.top):
                n = monomial.pop(t, 0) + 1
                term = "*".join([f"({q / n})", *(f"{s}**{k}" for s, k in monomial.items())])
                integral.append([pair, f"{term}/({ratio.below})".replace("^", "**")])
        self.gram(inside | goal | {"left": integral, "facts": [], "orthogonal": []}, c["outside"])

    def primitive(self, goal: Json, c: Json) -> None:
        """The primitive, a polynomial or a sum of derivatives of loss(X, Y), has this derivative."""
        if goal["variable"] != "X":
            place = self.ring.symbols.index(goal["variable"])
            p, rise = (self.read(goal[key], self.put) for key in ("primitive", "integrand"))
            return require(p.polynomial().derivative(place) == rise.polynomial(), "not the derivative")
        ring = Ring({"e1", "e2", *(f"d{i}_{j}" for i in range(4) for j in range(4))})

        def derivative(node: ast.Call, more: int = 0) -> Ratio:
            loss, *by = map(ast.unparse, node.args)
            i, j = (by.count(s) + 2 * by.count(f"({s}, 2)") for s in "XY")
            require(ast.unparse(node.func) == "Derivative" and loss == "loss(X, Y)", "not a derivative")
            require(i + j == len(by) + sum("2" in b for b in by), "not a derivative")
            return ring.symbol(f"d{i + more}_{j}")

        same = value(goal["primitive"], ring.leaf, lambda node: derivative(node, 1)) == value(
            goal["integrand"], ring.leaf, derivative)  # fmt: skip
        return require(same and c["rule"] == "primitive", "not the derivative")

    def units(self, goal: Json, c: Json) -> None:
        """A formula on scaled data is its unit times the formula."""
        self.relation(self.read(goal["scaled"], self.put) - self.read(goal["expected"], self.put), "==", c)


def exponential(node: ast.Call) -> flint.arb:
    """exp of an expression of numbers."""
    require(ast.unparse(node.func) == "exp" and len(node.args) == 1, "not exp")
    return value(node.args[0], flint.arb, exponential).exp()


def determinant(matrix: list[list[Ratio]]) -> Ratio:
    """By the first row."""
    if len(matrix) == 1:
        return matrix[0][0]
    zero = matrix[0][0].ring.number(0)
    minors = [determinant([row[:j] + row[j + 1 :] for row in matrix[1:]]) for j in range(len(matrix))]
    signed = [
        a * m * zero.ring.number((-1) ** j) for j, (a, m) in enumerate(zip(matrix[0], minors, strict=True))
    ]
    return sum(signed, zero)


RULES = dict(Relation=Goals.scalar, Recursion=Goals.recursion, Split=Goals.norms, Product=Goals.products,
             Induction=Goals.products, Gram=Goals.gram, Segment=Goals.segment, Integral=Goals.primitive,
             Units=Goals.units)  # fmt: skip


def check(part: Json) -> None:
    """Refuse a goal that its certificate does not show."""
    RULES[part["goal"]["kind"]](Goals(part), part["goal"], part["certificate"])
