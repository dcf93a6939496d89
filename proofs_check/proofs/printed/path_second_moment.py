"""Proposition 2, second item (Section 5.1): printed ((1+x+2x^2)^j - 1), its proof arrives at
(1+2x+2x^2)^j.

Derived: the noise of a step is orthogonal to what came before, so E ||w_m - w~_m||^2 <= (1+x)^2 E ||w_(m-1)
- w~_(m-1)||^2 + alpha^2 sigma_g^2/S, attained by curvature -L.
"""

from __future__ import annotations

from typing import Any

from maml_verify.theory import derived
from maml_verify.theory.printed import path_second_moment
from maml_verify.theory.symbols import Constants, Observed, Parameters
from proofs_check.goals import ALL, Gram, Reading, Recursion, Relation, Step, Witness, readings, relation
from proofs_check.instances.vectors import path_spread
from proofs_check.lemmas.path_growth import arrived, r2
from proofs_check.lemmas.quadratic_forms import norm2
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    L,
    S,
    alpha,
    j,
    n,
    q,
    sigma_g,
)

__all__ = ["steps"]


def _printed(value, steps_taken):  # type: ignore[no-untyped-def]
    one = value**0
    c = Constants(L=one, rho=one, sigma_g=one)
    return path_second_moment(c, Parameters(alpha=value, N=steps_taken, j=steps_taken), Observed())


def expansion(sharp: bool) -> Gram:
    """||a - alpha (h + z)||^2 with a the distance, h the change of the gradient, z the noise."""
    whole = norm2(a=1, h=-alpha, z=-alpha)
    split = {
        ("a", "a"): 1, ("a", "h"): -2 * alpha, ("h", "h"): 2 * alpha**2, ("z", "z"): 2 * alpha**2,
    }  # fmt: skip
    if not sharp:
        return Gram(("a", "h", "z"), whole, split, orthogonal=(("a", "z"),))
    exact = split | {("h", "h"): alpha**2, ("z", "z"): alpha**2}
    pairs = (("a", "z"), ("h", "z"))
    return Gram(("a", "h", "z"), whole, exact, orthogonal=pairs, rel="==")


def expanded_with(factor: Any) -> Gram:
    """||a - alpha h||^2 expanded, with ``factor`` for the alpha of the cross term."""
    form = {("a", "a"): 1, ("a", "h"): -2 * factor, ("h", "h"): alpha**2}
    return Gram(("a", "h"), norm2(a=1, h=-alpha), form, rel="==")


RESULT, WHERE = "path-second-moment", "proof of Proposition 2"
lipschitz = {("a", "a"): L**2, ("h", "h"): -1}
minibatch = {("one", "one"): sigma_g**2 / S, ("z", "z"): -1}


def step(times: int, factor: Any) -> Gram:
    """||a||^2 - 2 alpha <a, h> + times alpha^2 (||h||^2 + ||z||^2); "one" is the constant 1."""
    weight = times * alpha**2
    return Gram(
        ("a", "h", "z", "one"),
        {("a", "a"): 1, ("a", "h"): -2 * alpha, ("h", "h"): weight, ("z", "z"): weight},
        {("a", "a"): factor, ("one", "one"): weight * sigma_g**2 / S},
        facts=((weight + alpha / L, lipschitz), (weight, minibatch)),
    )


noise = alpha**2 * sigma_g**2 / S
better = derived.path_second_moment(CONSTANTS, PARAMETERS, OBSERVED)


def _proposition_2() -> tuple[Step, ...]:
    printed = path_second_moment(CONSTANTS, PARAMETERS, OBSERVED)
    return (
        readings(
            "proposition-2/second-expansion", RESULT, WHERE,
            "E ||w_m - w~_m||^2 = E ||a||^2 - 2 (alpha) E <a, ...> + alpha^2 E ||...||^2, the alpha in"
            " brackets not legible", "expansion",
            *(Reading((expanded_with(factor),), label)
              for factor, label in ((alpha, "with alpha"), (1, "without alpha"))),
            why="The cross term of ||a - alpha h||^2 is -2 alpha <a, h>.", correction="with alpha",
        ),
        relation(
            "proposition-2/second-step.a", RESULT, WHERE,
            "... <= ||a||^2 - 2 alpha <a, h> + alpha^2 (2 ||noise||^2 + 2 ||h||^2)",
            "(i) unbiased noise, ||a+b||^2 <= 2||a||^2 + 2||b||^2", expansion(False),
        ),
        relation(
            "proposition-2/second-step.b", RESULT, WHERE,
            "... <= (1 + 2x + 2x^2) E ||w_(m-1) - w~_(m-1)||^2 + 2 alpha^2 sigma_g^2 / S",
            "(ii) Cauchy-Schwarz, Lipschitz gradient, noise of a minibatch", step(2, r2),
        ),
        relation(
            "proposition-2/second-telescoped", RESULT, WHERE,
            "E ||w_j - w~_j||^2 <= ((1+2x+2x^2)^j - 1) alpha sigma_g^2 / (L (1+x) S)", "telescoping",
            Recursion(n, 1, 2 * noise, r2, 2 * noise, arrived(n)),
        ),
        relation(
            "proposition-2/second-moment", RESULT, "Proposition 2, second item",
            "E ||w_j - w~_j||^2 <= ((1+x+2x^2)^j - 1) alpha sigma_g^2 / ((1+x) L S)",
            "the proof's telescoped bound", Witness(lambda: path_spread(_printed), ALL),
            why="The base 1 + alpha L + 2 alpha^2 L^2 of the statement should be the 1 + 2 alpha L + 2"
            " alpha^2 L^2 of its proof; with curvature -L the statement fails from j = 4 on.",
            consequence="None for later results: (17) and (36) use the base of the proof.",
            correction="((1+x)^(2j) - 1) alpha sigma_g^2 / (L (2+x) S)",
            weight=90, repair=(Recursion(n, 1, noise, q**2, noise, better.subs(j, n)),),
            repaired="orthogonal noise gives the factor (1+x)^2", tags=("statement",),
        ),
        relation(
            "proposition-2/statement-against-proof", RESULT, "Proposition 2, second item",
            "the bound of the statement equals the bound of its proof", "comparison",
            Relation(arrived(j), "==", printed), audit="statement",
            why="1 + x + 2x^2 is printed where the proof has 1 + 2x + 2x^2.",
            consequence="See proposition-2/second-moment.", correction="(1+2x+2x^2)^j, or (1+x)^(2j)",
            root="proposition-2/second-moment", weight=20,
        ),
    )  # fmt: skip


def _derived_path_second_moment() -> tuple[Step, ...]:
    return (
        relation(
            "derived/path-second-moment.step", RESULT, "derived edition",
            "E ||w_m - w~_m||^2 <= (1+x)^2 E ||w_(m-1) - w~_(m-1)||^2 + alpha^2 sigma_g^2 / S",
            "orthogonal noise", expansion(True), step(1, q**2), audit="derived",
        ),
        relation(
            "derived/path-second-moment", RESULT, "derived edition",
            "E ||w_j - w~_j||^2 <= ((1+x)^(2j) - 1) alpha sigma_g^2 / (L (2+x) S)", "telescoping",
            Recursion(n, 1, noise, q**2, noise, better.subs(j, n)), audit="derived",
        ),
        relation(
            "derived/path-second-moment.comparison", RESULT, "derived edition",
            "the derived bound is at most the bound of the printed proof", "comparison",
            # The sequence whose sum is the derived bound stays below the bound of the proof.
            Recursion(n, 1, noise, q**2, noise, arrived(n)), audit="derived",
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """The printed proof, the printed statement, and the derived one."""
    return (
        *_proposition_2(),
        *_derived_path_second_moment(),
    )
