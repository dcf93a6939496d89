"""Each claimed constant is attacked: a point where what it bounds is larger refutes it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from maml_verify.checks.laws.maximise import DRAWN, FAR, NEAR, Found, maximise
from maml_verify.checks.laws.measures import Asked, Measure, gap, measures
from maml_verify.checks.laws.subject import CASES, Broken, NotTold, Subject
from problems.arrays import Array

__all__ = ["constant", "lower_bound", "support_query_gap"]

# A claim is refuted by what exceeds it by more than these shares: of the claim, and of the terms whose
# rounding is in the value.
MARGIN, ROUNDING = 1e-6, 1e-9


def constant(subject: Subject, law: str) -> str:
    """L, rho, sigma, sigma_g or sigma_H, for each role that it speaks of."""
    found = [measure for measure in measures(subject) if measure.law == law]
    if not found:
        reasons = dict.fromkeys(getattr(subject.known[case], law).reason for case in CASES)
        raise NotTold("; ".join(reasons))
    told = []
    for k, measure in enumerate(found):
        until = time.monotonic() + max(subject.deadline - time.monotonic(), 0.05) / (len(found) - k)
        best = _attacked(subject, measure, until)
        _refuse(subject, measure, best)
        share = best.value / measure.claimed if measure.claimed else 0.0
        seen = f"{best.value:.6g} of {measure.claimed:.6g} ({share:.1%})"
        told.append(f"{measure.where}: {seen} at {best.evaluations} points")
    return "; ".join(told)


def starts(subject: Subject, rng: np.random.Generator) -> Array:
    """Points of all scales, the origin and the axes."""
    d = subject.family.d
    drawn = subject.points(rng, DRAWN, NEAR, FAR)
    axes = [subject.within(subject.center + sign * np.eye(d)) for sign in (1, -1)]
    return np.concatenate([subject.center[None], *axes, drawn])


def _attacked(subject: Subject, measure: Measure, deadline: float) -> Found:
    rng, d = subject.generator(measure.name + measure.where), subject.family.d
    first, blocks = starts(subject, rng), None
    if measure.pairs:
        way = rng.standard_normal(first.shape)
        way *= (10 ** rng.uniform(-2.5, 0, (len(way), 1))) / np.linalg.norm(way, axis=1, keepdims=True)
        first, blocks = np.concatenate([first, way], axis=1), np.repeat([0, 1], d)

    def value(points: Array) -> Array:
        return measure.value(_inside(subject, points)).max(0)

    # Enough is what a size of rounding can't explain; whether it does is looked at where it was found.
    enough = measure.claimed * (1 + 2 * MARGIN) + (0 if measure.claimed else ROUNDING)
    best = maximise(value, first, rng, enough=enough, deadline=deadline, blocks=blocks)
    return best._replace(point=_inside(subject, best.point[None])[0])


def _inside(subject: Subject, points: Array) -> Array:
    """Points, and the ends of pairs, where the claims are made."""
    d = subject.family.d
    if points.shape[1] == d:
        return subject.within(points)
    w, end = subject.within(points[:, :d]), subject.within(points[:, :d] + points[:, d:])
    return np.concatenate([w, end - w], axis=1)


def _refuse(subject: Subject, measure: Measure, best: Found) -> None:
    d, z = subject.family.d, best.point[None]
    with np.errstate(all="ignore"):
        values, size = measure.value(z)[:, 0], float(measure.size(z)[0])
    if best.value <= measure.claimed * (1 + MARGIN) + ROUNDING * size:
        return
    task = {} if len(values) == 1 else {"task": int(values.argmax())}
    point = {"w": z[0, :d]} | ({"u": z[0, :d] + z[0, d:]} if measure.pairs else {})
    told = {"found": best.value, "claimed": measure.claimed}
    why = f"{measure.name} = {measure.claimed:.6g} is too small: {best.value:.6g} is seen ({measure.where})"
    raise Broken(why, **task, **point, **told)


def support_query_gap(subject: Subject) -> str:
    """b_i, b = E b_i, b2 = E b_i^2: gradients of support and query set, each task at its own worst point."""
    known, family = subject.known[CASES[1]], subject.family
    if known.b.flag == known.b2.flag == "none":
        raise NotTold(known.b.reason)
    asked = Asked(subject)
    measure = gap(asked)
    p = asked.task_weights
    worst = np.zeros(family.tasks)
    points = np.zeros((family.tasks, family.d))
    apart = (family.support != family.query).any(axis=1)
    for i in [i for i in family.weighted_tasks() if apart[i]]:
        rng = subject.generator(f"b{i}")
        until = time.monotonic() + max(subject.deadline - time.monotonic(), 0.05) / (family.tasks - i)

        def value(w: Array, i: int = i) -> Array:
            return measure(subject.within(w))[i]

        best = maximise(value, starts(subject, rng), rng, enough=np.inf, deadline=until)
        worst[i], points[i] = best.value, subject.within(best.point[None])[0]
    roles = [asked.weights(role) for role in ("support", "query")]
    size = max(float(np.linalg.norm(asked.grad(points, c), axis=-1).max()) for c in roles)
    slack = ROUNDING * size
    for i, b_i in enumerate(known.b_i):
        if b_i.flag != "none" and worst[i] > float(b_i.value) * (1 + MARGIN) + slack:
            why = f"b_i = {float(b_i.value):.6g} of task {i} is too small: {worst[i]:.6g} is seen"
            raise Broken(why, task=i, w=points[i], found=worst[i], claimed=float(b_i.value))
    told = []
    for name, seen, margin in (
        ("b", float(p @ worst), slack),
        ("b2", float(p @ worst**2), slack * (1 + size)),
    ):
        constant_ = getattr(known, name)
        if constant_.flag != "none":
            claimed = float(constant_.value)
            if seen > claimed * (1 + MARGIN) + margin:
                why = f"{name} = {claimed:.6g} is too small: {seen:.6g} is seen, each task at its point"
                raise Broken(why, w=points, found=seen, claimed=claimed)
            told.append(f"{name}: {seen:.6g} of {claimed:.6g}")
    return "; ".join(told)


def lower_bound(subject: Subject) -> str:
    """Every task's loss is bounded below: no line along which it falls like a power of the distance."""
    flags = [subject.known[case].lower_bounded for case in CASES]
    if not any(flag.value for flag in flags):
        raise NotTold("; ".join(dict.fromkeys(flag.reason for flag in flags)))
    if subject.ball is not None:
        raise NotTold("on a ball a loss that is continuous is bounded below")
    rng, family = subject.generator("lower-bound"), subject.family
    roles = ["probabilities"] * bool(flags[0].value) + ["support", "query"] * bool(flags[1].value)
    for role in dict.fromkeys(roles):
        c = getattr(family, role).astype(np.float64)[:, None]
        _falls(subject, role, c, _downward(subject, c, subject.points(rng, 48, 1, 1)))
    return f"along 48 lines, {', '.join(dict.fromkeys(roles))}"


def _downward(subject: Subject, c: Array, v: Array) -> Array:
    """Directions (n, R, d), each turned to where its task's loss falls far out."""
    lines = np.repeat(subject.over_tasks(v), 1, axis=0).copy()
    for k in range(6):
        g = subject.ask(subject.family.grad, 10.0 ** (k + 1) * lines, c)
        length = np.linalg.norm(g, axis=-1, keepdims=True)
        turned = lines - np.where(np.isfinite(length) & (length > 0), g / np.maximum(length, 1e-300), 0)
        size = np.linalg.norm(turned, axis=-1, keepdims=True)
        lines = np.where(size > 1e-9, turned / np.maximum(size, 1e-300), lines)
    return lines


def _steepest(subject: Subject) -> float:
    """The largest gradient of an atom near the origin."""
    w = subject.over_tasks(np.concatenate([np.zeros((1, subject.family.d)), np.eye(subject.family.d)]))
    return float(np.abs(subject.family.atom_grads(w, range(subject.family.atoms))).max())


def _falls(subject: Subject, role: str, c: Array, lines: Array) -> None:
    # A fall like log t, too, is no proof; one that at least doubles at each doubling of a power of ten is.
    far = 10.0 ** np.arange(2, 8)
    loss: Callable[..., Array] = subject.family.loss
    values = np.stack([subject.ask(loss, t * lines, c) for t in far])
    with np.errstate(all="ignore"):
        falling = np.isfinite(values).all(0) & (values[0] < 0) & (values[1:] < 2 * values[:-1]).all(0)
        # What the terms of a sum leave by rounding grows with the distance, too.
        falling &= values[-1] < -1e-6 * far[-1] * _steepest(subject)
    if falling.any():
        i, r = np.argwhere(falling)[0]
        why = f"the loss of {role} falls without end: {values[-1, i, r]:.3g} at w = 1e7 times the direction"
        raise Broken(why, task=int(i), direction=lines[i, r], values=values[:, i, r])
