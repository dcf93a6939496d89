"""The same problem said differently: transformations of a family, exactly, and of points with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction as F
from typing import Any

import numpy as np

from problems import FAMILIES, LINKS, Ridge, plateau, ridge

EVEN = ("quadratic", "cosine", "cubic", "cubic-well", "steep-well", "huber")


@dataclass(frozen=True)
class Said:
    """A family said differently: its loss is ``loss`` times, its parameters ``length`` times the first's."""

    family: Ridge
    point: Callable[[Any], Any]
    loss: F = F(1)
    length: F = F(1)


def tables(family: Ridge) -> dict[str, Any]:
    e = family.exact
    names = (
        "features",
        "offsets",
        "coefficients",
        "linear",
        "probabilities",
        "support",
        "query",
        "task_weights",
    )
    return {name: getattr(e, name).copy() for name in names}


def made(family: Ridge, t: dict[str, Any]) -> Ridge:
    return ridge(family.link.name, **t, name=family.name)


def zeros(*shape: int) -> Any:
    return np.full(shape, F(0), dtype=object)


def rotated(f: Ridge, rng: Any) -> Said:
    """By the angle of 3/5, 4/5 in the first two coordinates; on a line, reflected."""
    R = np.array([[F(int(a == b)) for a in range(f.d)] for b in range(f.d)], dtype=object)
    R[:2, :2] = [[F(3, 5), F(-4, 5)], [F(4, 5), F(3, 5)]] if f.d > 1 else [[F(-1)]]
    t = tables(f)
    t |= {"features": t["features"] @ R.T, "linear": t["linear"] @ R.T}
    return Said(made(f, t), lambda w: w @ R.T)


def shifted(f: Ridge, rng: Any) -> Said:
    by = np.array([F(int(k), 3) for k in rng.integers(-9, 10, f.d)], dtype=object)
    t = tables(f)
    t["offsets"] = t["offsets"] + t["features"] @ by
    return Said(made(f, t), lambda w: w + by)


def scaled(loss: F, length: F) -> Callable[[Ridge, Any], Said]:
    def by(f: Ridge, rng: Any) -> Said:
        t = tables(f)
        t["features"], t["coefficients"] = t["features"] / length, t["coefficients"] * loss
        t["linear"] = t["linear"] * (loss / length)
        return Said(made(f, t), lambda w: w * length, loss, length)

    return by


def reordered(f: Ridge, rng: Any) -> Said:
    """Tasks, atoms and terms in another order."""
    n, m, K = f.coefficients.shape
    i, a, k = rng.permutation(n), rng.permutation(m), rng.permutation(K)
    t = {name: value[i] for name, value in tables(f).items()}
    t |= {name: t[name][:, a] for name in ("coefficients", "linear", "probabilities", "support", "query")}
    t |= {
        "features": t["features"][:, k],
        "offsets": t["offsets"][:, k],
        "coefficients": t["coefficients"][:, :, k],
    }
    return Said(made(f, t), lambda w: w)


def task_split(f: Ridge, rng: Any) -> Said:
    t = {name: np.concatenate([value, value[:1]]) for name, value in tables(f).items()}
    t["task_weights"][[0, -1]] /= 2
    return Said(made(f, t), lambda w: w)


def atom_split(f: Ridge, rng: Any) -> Said:
    t = tables(f)
    for name in ("coefficients", "linear"):
        t[name] = np.concatenate([t[name], t[name][:, :1]], axis=1)
    for name in ("probabilities", "support", "query"):
        half = t[name][:, :1] / 2
        t[name] = np.concatenate([half, t[name][:, 1:], half], axis=1)
    return Said(made(f, t), lambda w: w)


def term_split(f: Ridge, rng: Any) -> Said:
    t = tables(f)
    for name in ("features", "offsets"):
        t[name] = np.concatenate([t[name], t[name][:, :1]], axis=1)
    third = t["coefficients"][:, :, :1] / 3
    t["coefficients"] = np.concatenate([third, t["coefficients"][:, :, 1:], 2 * third], axis=2)
    return Said(made(f, t), lambda w: w)


def dimension_padded(f: Ridge, rng: Any) -> Said:
    t = tables(f)
    t |= {name: np.concatenate([t[name], t[name][..., :1] * 0], axis=-1) for name in ("features", "linear")}
    return Said(made(f, t), lambda w: np.concatenate([w, w[:, :1] * 0 + F(7, 2)], axis=1))


def _wild(rng: Any, *shape: int) -> Any:
    return np.array([F(int(k), 2) for k in rng.integers(-40, 41, int(np.prod(shape)))], dtype=object).reshape(
        shape
    )


def coefficient_padded(f: Ridge, rng: Any) -> Said:
    """A term of any feature and offset whose coefficient is 0."""
    t = tables(f)
    n, m, _ = t["coefficients"].shape
    t["features"] = np.concatenate([t["features"], _wild(rng, n, 1, f.d)], axis=1)
    t["offsets"] = np.concatenate([t["offsets"], _wild(rng, n, 1)], axis=1)
    t["coefficients"] = np.concatenate([t["coefficients"], zeros(n, m, 1)], axis=2)
    return Said(made(f, t), lambda w: w)


def feature_padded(f: Ridge, rng: Any) -> Said:
    """A term of any coefficients whose feature is 0: a constant."""
    t = tables(f)
    n, m, _ = t["coefficients"].shape
    t["features"] = np.concatenate([t["features"], zeros(n, 1, f.d)], axis=1)
    t["offsets"] = np.concatenate([t["offsets"], _wild(rng, n, 1)], axis=1)
    t["coefficients"] = np.concatenate([t["coefficients"], _wild(rng, n, m, 1)], axis=2)
    return Said(made(f, t), lambda w: w)


def probability_padded(f: Ridge, rng: Any) -> Said:
    """An atom of any loss that no role ever draws."""
    t = tables(f)
    n, _, K = t["coefficients"].shape
    t["coefficients"] = np.concatenate([t["coefficients"], _wild(rng, n, 1, K)], axis=1)
    t["linear"] = np.concatenate([t["linear"], _wild(rng, n, 1, f.d)], axis=1)
    for name in ("probabilities", "support", "query"):
        t[name] = np.concatenate([t[name], zeros(n, 1)], axis=1)
    return Said(made(f, t), lambda w: w)


def task_padded(f: Ridge, rng: Any) -> Said:
    """A first task of any loss and weight 0."""
    t = {name: np.concatenate([value[:1], value]) for name, value in tables(f).items()}
    t["task_weights"][0] = F(0)
    for name in ("features", "offsets", "coefficients", "linear"):
        t[name][:1] = _wild(rng, *t[name][:1].shape)
    return Said(made(f, t), lambda w: w)


def mirrored(f: Ridge, rng: Any) -> Said:
    """phi(-t) for phi(t) where the link is even."""
    t = tables(f)
    if f.link.name in EVEN:
        t["features"][:, 0], t["offsets"][:, 0] = -t["features"][:, 0], -t["offsets"][:, 0]
    return Said(made(f, t), lambda w: w)


def in_floats(f: Ridge, rng: Any) -> Said:
    """Tables as float64, which hold the rationals of these families exactly; probabilities stay rational."""
    t = tables(f)
    for name in ("features", "offsets", "coefficients", "linear"):
        t[name] = t[name].astype(np.float64)
        assert (t[name] == tables(f)[name]).all()
    return Said(made(f, t), lambda w: w.astype(np.float64))


WAYS: dict[str, Callable[[Ridge, Any], Said]] = {
    way.__name__: way
    for way in (
        rotated, shifted, reordered, task_split, atom_split, term_split, dimension_padded, coefficient_padded,
        feature_padded, probability_padded, task_padded, mirrored, in_floats,
    )
} | {
    "small_loss": scaled(F(1, 10**12), F(1)),
    "large_loss": scaled(F(10**12), F(1)),
    "short_parameters": scaled(F(1), F(1, 10**12)),
    "long_parameters": scaled(F(7, 3), F(10**12)),
    "powers_of_two": scaled(F(2) ** -60, F(2) ** 40),
}  # fmt: skip


def family(seed: int) -> Ridge:
    """A random family of dyadic rationals; every link meets every way, which is the seed's remainder."""
    rng = np.random.default_rng([seed, 7])
    link = list(LINKS)[(seed + seed // len(WAYS)) % len(LINKS)]
    n, m, d = (int(k) for k in rng.integers(1, 4, 3))
    if link == "cubic-well" and seed % 4 == 0:
        return plateau(d=min(d, 2), tasks=n, rng=seed)
    kinds = ["additive"] if link == "quadratic" else ["additive", "additive", "hessian"]
    if link in FAMILIES:
        source = FAMILIES[link](
            d, n, min(m, 2), rng=seed,
            noise=[F(0), F(1, 64), F(1), F(8)][seed // 5 % 4], spread=[F(0), F(1, 64), F(1)][seed // 3 % 3],
            features="axes", noise_kind=kinds[int(rng.integers(len(kinds)))],
        )  # fmt: skip
        t = tables(source)
    else:
        q = np.array([[[F(int(a == b)) for a in range(d)] for b in range(d)]] * n, dtype=object)
        noise = np.array(
            [[[F(int(k), 8) for k in rng.integers(-8, 9, d)] for _ in range(2)] for _ in range(n)]
        )
        t = {"features": q, "linear": noise - noise.sum(1, keepdims=True) / 2}
    # Multiples of 2^-10, so that float64 holds them.
    for name in set(t) & {"features", "offsets", "coefficients", "linear"}:
        t[name] = np.array([F(round(x * 1024), 1024) for x in t[name].ravel()], dtype=object).reshape(
            t[name].shape
        )
    return ridge(link, **t)


def points(f: Ridge, seed: int) -> Any:
    """One point near the origin and one further off, (2, d) Fractions."""
    rng = np.random.default_rng([seed, 8])
    return np.array([[F(int(k), per) for k in rng.integers(-8, 9, f.d)] for per in (1024, 4)], dtype=object)
