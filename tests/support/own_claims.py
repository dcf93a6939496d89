"""A file with claims of a user's: two typed, one of functions, and one without planted errors."""

FILE = """
from maml_verify import Claim, conjecture, find_claim
from maml_verify.arithmetic.norms import norm
from maml_verify.left_sides.quantities import distance, gradient_norm, task_meta_gradients
from maml_verify.theory.symbols import Observed

paper = find_claim("path-stability")


def difference(s):
    return norm(task_meta_gradients(s) - task_meta_gradients(s, which="u"))


without_rho = Claim(
    id="without-rho",
    text="||grad L_i(w) - grad L_i(u)|| <= (1 + aL)^(2N) L ||w - u||, as for quadratic losses",
    over="task",
    unit="meta gradient",
    alone=True,
    pairs=True,
    measure=difference,
    observe=lambda s: Observed(distance=distance(s)),
    editions={"printed": lambda c, p, o: (1 + p.alpha * c.L) ** (2 * p.N) * c.L * o.distance},
)
lipschitz = conjecture("norm(dl(w) - dl(u)) <= L * norm(w - u)")
more = [
    conjecture(
        "norm(path(w, j) - w) <= (q**j - 1)/L * norm(dl(w))", where=["alpha*L == 1/(8*N)"], id="drift"
    ),
    Claim(
        id="no-constants",
        text="||grad l_i(w)||^2 <= ||grad l_i(w)||^2",
        over="task",
        measure=lambda s: gradient_norm(s) ** 2,
        observe=lambda s: (gradient_norm(s),),
        editions={"printed": lambda c, p, o: o[0] ** 2},
        observed_at_random=lambda rng: (0.0,),
    ),
]
"""
