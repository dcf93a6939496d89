"""A product of matrices I - alpha V_j with ||V_j|| <= L stays near the identity.

Statement: ||I - prod_{j=0..m} (I - alpha V_j)|| <= (1 + alpha L)^(m+1) - 1 in the spectral norm.
Printed: Lemma 13, (65).
Sharp: the same.
Beyond: with -l I <= Hess l_i, t = (m+1) alpha (L + l)/(2 - alpha (L - l)) and s = (1 + alpha l)^(m+1):
(s t + |s - 1 - t|)/(1 + t), which is 2t/(1 + t) for convex losses; alpha (L - l) < 2.
Measured: the left side in closed form with m = N - 1 and V_j the Hessian of l_i at the j-th iterate of the
inner path, as the proofs use it.
Assumptions: 1 (its second item is what is used).
"""

import numpy as np

from maml_verify.arithmetic.spectral import basis, spectral_norm
from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.quantities import path
from maml_verify.settings import Setting
from maml_verify.theory import beyond, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||I - prod_j (I - alpha Hess l_i(w~_j))||, shape (tasks, R)."""
    n, R, d = s.points("w").shape
    # All columns of all matrices, as so many points.
    identity = np.stack(basis(s.points("w")), axis=2).reshape(n, R * d, d)
    columns, c = identity, s.family.probabilities[:, None, :]
    for w in reversed(path(s)[:-1]):
        columns = columns - s.alpha * s.family.hvp(w.repeat(d, axis=1), columns, c)
    return spectral_norm(np.moveaxis((identity - columns).reshape(n, R, d, d), 2, 0))


CLAIM = Claim(
    id="product-deviation",
    paper="Lemma 13",
    text="||I - prod_j (I - a V_j)|| <= (1+aL)^(m+1) - 1",
    over="task",
    unit="product",
    measure=measure,
    observe=lambda s: symbols.Observed(),
    editions={
        "printed": printed.product_deviation,
        "sharp": sharp.product_deviation,
        "beyond": beyond.product_deviation,
    },
    known=resampling_constants,
    needs=("L",),
    expected={"printed": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (), "sharp": (), "beyond": (SHAPE,)},
    alone=True,
    identity=True,
    supports=True,
    attained=("attained at every N and alpha by curvature -L"),
    beyond=(
        "attained by curvature -l where (1 + alpha l)^N - 1 >= t, and by convex losses of "
        "curvature L at N = 1; approached by these as alpha L -> 0"
    ),
)
