"""JAX in float64: as users write it, and tuned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.kernel.problem import ALPHA, Problem

jax.config.update("jax_enable_x64", True)

Call = Callable[[], np.ndarray]
PHI = {"cosine": lambda t: 1 - jnp.cos(t), "logistic": jax.nn.softplus}


def _sin_cos(t: Any) -> tuple[Any, Any]:
    return jnp.sin(t), jnp.cos(t)


def _sigmoid(t: Any) -> tuple[Any, Any]:
    s = jax.nn.sigmoid(t)
    return s, s * (1 - s)


def _polynomial(t: Any) -> tuple[Any, Any]:
    from maml_verify.meta_gradients.kernel.link_pairs import QUARTER_SINE

    x = t / (2 * np.pi)
    f = x - jnp.round(x)
    u = f * f
    s = jnp.full_like(u, QUARTER_SINE[-1])
    for coefficient in QUARTER_SINE[-2::-1]:
        s = s * u + coefficient
    s = s * f
    v = s * s
    c = 1 - v / 2
    return s * jnp.sqrt(4 - v) * c, 2 * c * c - 1


# tan(t/2) in place of sin and cos takes twice the time here.
PAIRS = {"cosine": _sin_cos, "logistic": _sigmoid}
Pair = Callable[[Any], tuple[Any, Any]]


def contestants(p: Problem, thorough: bool = True) -> dict[str, list[Call]]:
    """Calls on the given batches; several for the tuned one, of which the best counts."""
    blocks = _block_sizes(p) if thorough else [p.R]
    options = [(gram, block) for gram in (False, True) for block in blocks]
    found = {
        "JAX, users": [_users(p)],
        "JAX, tuned": [_tuned(p, PAIRS[p.link], gram, block) for gram, block in options],
    }
    if p.link == "cosine" and thorough:
        found["JAX, our sine"] = [_tuned(p, _polynomial, gram, block) for gram, block in options]
    return found


def samplers(p: Problem) -> dict[str, list[Call]]:
    """Calls that draw their batches: users gather rows, the tuned one gathers or counts."""
    pair = PAIRS[p.link]
    return {"JAX, users": [_users_sampled(p)], "JAX, tuned": [_gathered(p, pair), _counted(p, pair)]}


def _block_sizes(p: Problem) -> list[int]:
    sizes = {p.R // k for k in (8, 40) if p.R % k == 0 and p.R // k >= 8} | {p.R}
    return sorted(sizes, reverse=True)


def _run(function: Any, *arguments: Any) -> Call:
    compiled = jax.jit(function)
    return lambda: compiled(*arguments).block_until_ready()


def _users(p: Problem) -> Call:
    phi = PHI[p.link]

    def loss(w: Any, c: Any, Q: Any, y: Any) -> Any:
        return jnp.sum(c * phi(Q @ w - y))

    def meta_loss(w: Any, inner: Any, outer: Any, Q: Any, y: Any) -> Any:
        for j in range(p.N):
            w = w - ALPHA * jax.grad(loss)(w, inner[j], Q, y)
        return loss(w, outer, Q, y)

    over_replicates = jax.vmap(jax.grad(meta_loss), (0, 1, 0, None, None))
    over_tasks = jax.vmap(over_replicates, (0, 1, 0, 0, 0))
    return _run(over_tasks, *map(jnp.asarray, p.arrays))


def _direct(N: int, pair: Pair, w: Any, inner: Any, outer: Any, Q: Any, y: Any) -> Any:
    Qt, y, kept = jnp.swapaxes(Q, 1, 2), y[:, None], []
    for j in range(N):
        s, c = pair(w @ Qt - y)
        kept.append(inner[j] * c)
        w = w - ALPHA * ((inner[j] * s) @ Q)
    g = (outer * pair(w @ Qt - y)[0]) @ Q
    for c in reversed(kept):
        g = g - ALPHA * ((c * (g @ Qt)) @ Q)
    return g


def _gram(N: int, pair: Pair, w: Any, inner: Any, outer: Any, Q: Any, y: Any) -> Any:
    Qt, kept = jnp.swapaxes(Q, 1, 2), []
    G, z = ALPHA * (Q @ Qt), w @ Qt - y[:, None]
    for j in range(N):
        s, c = pair(z)
        kept.append(inner[j] * c)
        z = z - (inner[j] * s) @ G
    total = outer * pair(z)[0]
    u = total @ G
    for j in reversed(range(N)):
        r = kept[j] * u
        total = total - r
        u = u - r @ G if j else u
    return total @ Q


def _tuned(p: Problem, pair: Pair, gram: bool, block: int) -> Call:
    w, inner, outer, Q, y = map(jnp.asarray, p.arrays)
    n, N, d, K, parts = p.tasks, p.N, p.d, p.K, p.R // block
    form = _gram if gram else _direct
    if parts == 1:
        return _run(lambda *a: form(N, pair, *a), w, inner, outer, Q, y)
    # Blocks lead, in an array of their own, so that no time goes into slicing.
    w = w.reshape(n, parts, block, d).swapaxes(0, 1)
    inner = inner.reshape(N, n, parts, block, K).transpose(2, 0, 1, 3, 4)
    outer = outer.reshape(n, parts, block, K).swapaxes(0, 1)

    def blocked(w: Any, inner: Any, outer: Any, Q: Any, y: Any) -> Any:
        return jax.lax.map(lambda a: form(N, pair, *a, Q, y), (w, inner, outer))

    compiled = jax.jit(blocked)
    given = [jnp.array(a) for a in (w, inner, outer)]

    def call() -> np.ndarray:
        return compiled(*given, Q, y).block_until_ready()

    call.finish = lambda g: np.asarray(g).swapaxes(0, 1).reshape(n, p.R, d)  # type: ignore[attr-defined]
    return call


def _with_keys(function: Any, p: Problem) -> Call:
    compiled, state = jax.jit(function), [jax.random.key(0)]
    w, _, _, Q, y = map(jnp.asarray, p.arrays)

    def call() -> np.ndarray:
        state[0], key = jax.random.split(state[0])
        return compiled(key, w, Q, y).block_until_ready()

    return call


def _users_sampled(p: Problem) -> Call:
    phi = PHI[p.link]

    def loss(w: Any, atoms: Any, Q: Any, y: Any) -> Any:
        return jnp.mean(phi(Q[atoms] @ w - y[atoms]))

    def meta_loss(w: Any, key: Any, Q: Any, y: Any) -> Any:
        atoms = jax.random.randint(key, (p.N + 1, p.S), 0, p.K)
        for j in range(p.N):
            w = w - ALPHA * jax.grad(loss)(w, atoms[j], Q, y)
        return loss(w, atoms[p.N], Q, y)

    over_replicates = jax.vmap(jax.grad(meta_loss), (0, 0, None, None))
    over_tasks = jax.vmap(over_replicates, (0, 0, 0, 0))

    def everything(key: Any, w: Any, Q: Any, y: Any) -> Any:
        return over_tasks(w, jax.random.split(key, (p.tasks, p.R)), Q, y)

    return _with_keys(everything, p)


def _gathered(p: Problem, pair: Pair) -> Call:
    def everything(key: Any, w: Any, Q: Any, y: Any) -> Any:
        atoms = jax.random.randint(key, (p.N + 1, p.tasks, p.R, p.S), 0, p.K)
        tasks, kept = jnp.arange(p.tasks)[:, None, None], []
        for j in range(p.N + 1):
            rows = Q[tasks, atoms[j]]
            s, c = pair(jnp.einsum("nrsd,nrd->nrs", rows, w) - y[tasks, atoms[j]])
            g = jnp.einsum("nrs,nrsd->nrd", s / p.S, rows)
            if j < p.N:
                kept.append((rows, c / p.S))
                w = w - ALPHA * g
        for rows, c in reversed(kept):
            u = jnp.einsum("nrsd,nrd->nrs", rows, g)
            g = g - ALPHA * jnp.einsum("nrs,nrsd->nrd", c * u, rows)
        return g

    return _with_keys(everything, p)


def _counted(p: Problem, pair: Pair) -> Call:
    form = _gram if 2 * p.d >= p.K else _direct

    def everything(key: Any, w: Any, Q: Any, y: Any) -> Any:
        shape = (p.N + 1, p.tasks, p.R)
        atoms = jax.random.randint(key, (*shape, p.S), 0, p.K)
        weights = jax.nn.one_hot(atoms, p.K, dtype=w.dtype).sum(-2) / p.S
        return form(p.N, pair, w, weights[:-1], weights[-1], Q, y)

    return _with_keys(everything, p)
