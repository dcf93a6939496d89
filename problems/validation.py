"""Errors that name the argument, its value and the rule."""

from __future__ import annotations

import math
from fractions import Fraction
from numbers import Integral, Rational, Real
from typing import Any

import numpy as np

from problems.arrays import Array

__all__ = [
    "count",
    "exact_weights",
    "finite_array",
    "float_or_inf",
    "nonnegative",
    "nonnegative_fraction",
    "positive",
    "positive_fraction",
    "probability",
    "probability_vector",
    "uniform_weights",
]

# Weights whose float64 sum is this close to 1 are the rounding of weights whose sum is 1.
WEIGHT_TOLERANCE = 1e-12


def finite_array(name: str, value: Any, ndim: int) -> Array:
    """A read-only copy of ``value``: float64, or Fractions where ``value`` holds exact rationals.

    Raises
    ------
    TypeError
        If an entry is not a real number.
    ValueError
        If the number of dimensions is not ``ndim`` or an entry is not finite.
    """
    try:
        array = np.array(value)
    except ValueError:
        raise ValueError(f"{name}: rows of different lengths; rule: a {ndim}-d array") from None
    if array.dtype == object:
        array = _exact_or_float(name, array)
    elif array.dtype.kind in "fiu":
        array = array.astype(np.float64)
    else:
        raise TypeError(f"{name} has dtype {array.dtype}; rule: real numbers")
    if array.ndim != ndim:
        raise ValueError(f"{name} has shape {array.shape}; rule: {ndim} dimensions")
    if array.dtype != object and not np.isfinite(array).all():
        bad = array[~np.isfinite(array)].flat[0]
        raise ValueError(f"{name} holds {bad}; rule: finite numbers")
    array.setflags(write=False)
    return array


def _exact_or_float(name: str, array: Array) -> Array:
    entries = array.ravel().tolist()
    if set(map(type, entries)) != {Fraction}:
        for entry in entries:
            if not isinstance(entry, Real):
                raise TypeError(f"{name} holds {entry!r}; rule: real numbers")
        if not all(isinstance(entry, Rational) for entry in entries):
            return array.astype(np.float64)
        array = np.array([Fraction(e) for e in entries], dtype=object).reshape(array.shape)
    try:
        array.astype(np.float64)
    except OverflowError:
        raise ValueError(f"{name} holds a number beyond float64; rule: finite numbers") from None
    return array


def probability_vector(name: str, value: Any) -> Array:
    """A vector of weights as `finite_array` gives it, checked and never rescaled.

    Float64 weights stand for weights with sum 1 of which they are the rounding (`exact_weights`).

    Raises
    ------
    ValueError
        If it is empty, a weight is negative, or the sum differs from 1 by more than rounding.
    """
    weights = finite_array(name, value, 1)
    if not len(weights):
        raise ValueError(f"{name} is empty; rule: at least one weight")
    if (weights < 0).any():
        raise ValueError(f"{name} holds {weights[weights < 0].flat[0]}; rule: weights >= 0")
    total = weights.sum()
    if abs(total - 1) > (0 if weights.dtype == object else WEIGHT_TOLERANCE):
        raise ValueError(f"{name} sums to {total}; rule: sum 1")
    return weights


def exact_weights(weights: Array) -> Array:
    """Rational weights with sum exactly 1; the largest takes up the rounding of float64 ones.

    ``weights`` come from `probability_vector`, so that rational ones have that sum.
    """
    if weights.dtype == object:
        return weights
    exact = np.array([Fraction(w) for w in weights], dtype=object)
    largest = max(range(len(exact)), key=lambda k: exact[k])
    exact[largest] += 1 - exact.sum()
    return exact


def uniform_weights(size: int) -> Array:
    """``size`` equal rational weights."""
    return np.array([Fraction(1, size)] * size, dtype=object)


def float_or_inf(value: Any) -> float:
    """``value`` in float64; a rational beyond it is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _shown(value: Any) -> Any:
    # The digits of a long rational say less than its size.
    long = isinstance(value, Rational) and max(abs(int(value.numerator)), int(value.denominator)) >= 2**64
    return float_or_inf(value) if long else value


def count(name: str, value: Any, least: int = 1) -> int:
    """``value`` as an int, at least ``least`` and an int64."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} = {value!r}; rule: an integer")
    number = int(value)
    if number < least:
        raise ValueError(f"{name} = {number}; rule: at least {least}")
    if number >= 2**63:
        raise ValueError(f"{name} = {float_or_inf(number):g}; rule: below 2^63")
    return number


def positive(name: str, value: Any) -> Any:
    """``value`` if it is a positive finite real number (kept as it is when rational)."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} = {value!r}; rule: a real number")
    if not 0 < float_or_inf(value) < math.inf:
        raise ValueError(f"{name} = {_shown(value)}; rule: positive and finite in float64")
    return value if isinstance(value, Rational) else float(value)


def nonnegative(name: str, value: Any) -> Any:
    """``value`` if it is a finite real number, 0 or positive (kept as it is when rational)."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} = {value!r}; rule: a real number")
    if not 0 <= float_or_inf(value) < math.inf:
        raise ValueError(f"{name} = {_shown(value)}; rule: finite and at least 0")
    return value if isinstance(value, Rational) else float(value)


def probability(name: str, value: Any) -> float:
    """``value`` as a float strictly between 0 and 1."""
    if not positive(name, value) < 1:
        raise ValueError(f"{name} = {_shown(value)}; rule: below 1")
    return float(value)


def nonnegative_fraction(name: str, value: Any) -> Fraction:
    """``value`` >= 0 as the rational that it prints as: 0.1 is 1/10."""
    value = nonnegative(name, value)
    return Fraction(value) if isinstance(value, Rational) else Fraction(repr(float(value)))


def positive_fraction(name: str, value: Any) -> Fraction:
    """``value`` > 0 as the rational that it prints as."""
    positive(name, value)
    return nonnegative_fraction(name, value)
