"""Bounds as one would type them: twenty true ones, and twenty with a factor, exponent or term less."""

SMOOTH = "norm(dL(w) - dL(u)) <= ({}*L + 2*rho*alpha*E_i(norm(dl(w)))) * norm(w - u)"
ONE_STEP = ("alpha*L <= 1", "N == 1")
SHORT = ("alpha*L <= 1",)
# The bound, the steps of the search, conditions.
TRUE = [
    (SMOOTH.format(4), 1, ONE_STEP),
    ("norm(path(w, j) - path(u, j)) <= q**j * norm(w - u)", 2, ()),
    ("norm(dl(w) - dl(u)) <= L * norm(w - u)", 1, ()),
    ("norm(path(w, 1) - w) <= alpha * norm(dl(w))", 1, ()),
    ("norm(path(w, j) - w) <= (q**j - 1)/L * norm(dl(w))", 2, ()),
    ("E_i(norm(dl(w))) <= norm(E_i(dl(w))) + sigma", 1, ()),
    ("norm(dL(w)) <= q**(2*N) * E_i(norm(dl(w)))", 2, ()),
    ("E(norm(sgd(w, j) - path(w, j))) <= (q**j - 1)/L * sigma_g/sqrt(S)", 2, ()),
    ("norm(E(G(w)))**2 <= E(norm(G(w))**2)", 1, ()),
    ("b >= E_i(norm(dlS(w) - dlT(w)))", 1, ()),
    ("l(w) - l(u) <= norm(dl(u)) * norm(w - u) + L/2 * norm(w - u)**2", 1, ()),
    ("E(norm(sgd(w, j) - path(w, j))**2) <= (q**(2*j) - 1)/(2 + alpha*L) * alpha*sigma_g**2/(L*S)", 2, ()),
    ("norm(dL(w)) <= q**(2*N) * max_i(norm(dl(w)))", 2, ()),
    ("E_i(norm(dl(w))**2) <= norm(E_i(dl(w)))**2 + sigma**2", 1, ()),
    ("norm(E(sgd(w, 1)) - w) <= alpha * norm(dl(w))", 1, ()),
    ("norm(dlS(w) - dlS(u)) <= L * norm(w - u)", 1, ()),
    ("norm(dl(w)) <= norm(dl(u)) + L * norm(w - u)", 1, ()),
    ("alpha/2 * E_i(norm(dl(w))**2) <= E_i(l(w)) - meta(w)", 1, ONE_STEP),
    ("norm(E_i(E(G(w))) - dL(w)) <= q*alpha*L*sigma_g/sqrt(S)", 1, ("N == 1",)),
    ("norm(dlS(w) - dlT(w)) <= norm(dlS(u) - dlT(u)) + 2*L*norm(w - u)", 1, ()),
]
FALSE = [
    (SMOOTH.format(2), 1, ONE_STEP),
    ("norm(path(w, N) - path(u, N)) <= q**(N - 1) * norm(w - u)", 2, ()),
    ("norm(dl(w) - dl(u)) <= L/2 * norm(w - u)", 1, ()),
    ("norm(path(w, 1) - w) <= alpha**2 * L * norm(dl(w))", 1, ("alpha*L < 1",)),
    ("norm(path(w, N) - w) <= N*alpha * norm(dl(w))", 2, ()),
    ("E_i(norm(dl(w))) <= norm(E_i(dl(w)))", 1, ()),
    ("norm(dL(w)) <= q**N * E_i(norm(dl(w)))", 2, ()),
    ("E(norm(sgd(w, N) - path(w, N))) <= alpha * sigma_g/sqrt(S)", 2, ()),
    ("E(norm(G(w))**2) <= norm(E(G(w)))**2", 1, ()),
    ("E_i(norm(dlS(w) - dlT(w))) <= b/2", 1, ()),
    ("l(w) - l(u) <= norm(dl(u)) * norm(w - u)", 1, ()),
    ("E(norm(sgd(w, j) - path(w, j))**2) <= (q**j - 1)/(2 + alpha*L) * alpha*sigma_g**2/(L*S)", 2, ()),
    ("norm(dL(w)) <= q**(2*N - 1) * max_i(norm(dl(w)))", 2, ()),
    ("E_i(norm(dl(w))**2) <= norm(E_i(dl(w)))**2 + sigma**2/2", 1, ()),
    ("norm(E(sgd(w, 2)) - w) <= 2*alpha * norm(dl(w))", 2, ()),
    ("norm(dlS(w) - dlS(u)) <= alpha*L**2 * norm(w - u)", 1, SHORT),
    ("norm(dl(w)) <= norm(dl(u)) + L/2 * norm(w - u)", 1, ()),
    ("alpha * E_i(norm(dl(w))**2) <= E_i(l(w)) - meta(w)", 1, ONE_STEP),
    ("E(norm(sgd(w, 1) - path(w, 1))) <= alpha*sigma_g/S", 1, ()),
    ("norm(dlS(w) - dlT(w)) <= norm(dlS(u) - dlT(u)) + L*norm(w - u)", 1, ()),
]
