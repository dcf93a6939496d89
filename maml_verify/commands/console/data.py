"""``--data FILE`` and what goes with it: a data set in place of a family."""

from __future__ import annotations

import argparse
from pathlib import Path

from maml_verify.commands.console.faults import say
from maml_verify.commands.console.parser import seed
from problems import Ridge
from problems.ridge_sums.data import table
from problems.ridge_sums.data_set import data_set

__all__ = ["data_family", "data_options", "data_words"]

LINKS = ("logistic", "quadratic", "huber")
SEPARATORS = {"tab": "\t", r"\t": "\t"}
# What says something of the data.
GIVEN: tuple[str, ...] = ("label", "task", "features", "link", "positive", "sample", "standardise")
GIVEN = (*GIVEN, "intercept", "sep", "decimal", "not_missing", "split_rng")


def data_options(parser: argparse.ArgumentParser) -> None:
    """A data set in place of a family."""
    data = parser.add_argument_group("real data")
    data.add_argument("--data", metavar="FILE", help="CSV or NPZ, a row a data point")
    data.add_argument("--label", metavar="COL", help="column of the labels")
    data.add_argument("--task", metavar="COL", help="column that says which task a row belongs to")
    data.add_argument(
        "--features", metavar="COL", nargs="+", help="columns of the features, default: all others"
    )
    data.add_argument("--link", choices=LINKS, help=f"default: {LINKS[0]}")
    data.add_argument("--positive", metavar="LABEL", help="the label that is 1, default: the larger one")
    data.add_argument("--sample", type=int, metavar="ROWS", help="draw at most so many rows of each task")
    data.add_argument(
        "--standardise", action="store_true", default=None, help="each feature: mean 0, variance 1"
    )
    data.add_argument("--intercept", action="store_true", default=None, help="add a feature that is 1")
    data.add_argument("--sep", metavar="CHAR", help="what separates cells: one character, or tab; default: ,")
    data.add_argument("--decimal", choices=(".", ","), help="decimal point of the file, default: .")
    data.add_argument(
        "--not-missing",
        action="append",
        metavar="TEXT",
        help="such as NA: a name here, no missing value; repeatable",
    )
    data.add_argument(
        "--split-rng",
        type=seed,
        metavar="SEED",
        help="seed of what is drawn of the data, default: that of --rng",
    )


def data_family(arguments: argparse.Namespace) -> Ridge | None:
    """The family of ``--data``, told in one line on standard error; None without."""
    given = {name: getattr(arguments, name) for name in GIVEN}
    if arguments.data is None:
        for name, value in given.items():
            if value is not None:
                raise ValueError(f"{name} = {value!r} without data; rule: --data FILE says where it is")
        return None
    if arguments.family:
        raise ValueError(f"family = {arguments.family[0]!r} and data = {arguments.data}; rule: one of them")
    for name in ("label", "task"):
        if given[name] is None:
            raise ValueError(f"{name}: missing; rule: --data FILE needs --label COL and --task COL")
    found = table(
        arguments.data,
        arguments.label,
        arguments.task,
        arguments.features,
        sep=SEPARATORS.get(arguments.sep, arguments.sep),
        decimal=arguments.decimal or ".",
        not_missing=arguments.not_missing or (),
    )
    data = data_set(
        found,
        arguments.link or LINKS[0],
        rng=_split_rng(arguments),
        name=Path(arguments.data).stem,
        sample=arguments.sample,
        intercept=bool(arguments.intercept),
        standardise=bool(arguments.standardise),
        positive=arguments.positive,
    )
    say(f"{arguments.data}: {data.summary()}")
    return data.family


def _split_rng(arguments: argparse.Namespace) -> int:
    return int(arguments.rng if arguments.split_rng is None else arguments.split_rng)


def data_words(arguments: argparse.Namespace) -> list[str]:
    """The options that name the data, as they could be typed; none where there is no data."""
    if getattr(arguments, "data", None) is None:
        return []
    words = []
    given = {name: getattr(arguments, name) for name in ("data", *GIVEN)}
    for name, value in (given | {"split_rng": _split_rng(arguments)}).items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        elif name == "features" and value:
            words += [option, *value]
        elif value is not None:
            words += [f"{option}={one}" for one in (value if isinstance(value, list) else [value])]
    return words
