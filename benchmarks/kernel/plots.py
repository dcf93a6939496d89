"""Cost of every contestant against N, d and the number of replicates."""

from __future__ import annotations

from pathlib import Path

from benchmarks.kernel.table import Table


def plot(table: Table, path: Path) -> None:
    """Three panels of the rows of the sweeps."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    names = ("N", "d", "R")
    figure, panels = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    for name, panel in zip(names, panels, strict=True):
        rows = [row for row in table.of_sweep(name) if row[name]]
        for contestant in dict.fromkeys(row["contestant"] for row in rows):
            own = [row for row in rows if row["contestant"] == contestant]
            width = 3 if contestant.startswith("this project") else 1.2
            panel.loglog(
                [row[name] for row in own],
                [row["milliseconds"] for row in own],
                "o-",
                lw=width,
                label=contestant,
            )
        panel.set_xlabel({"N": "inner steps N", "d": "dimension d", "R": "replicates"}[name])
    panels[0].set_ylabel("milliseconds a meta gradient")
    panels[0].legend(fontsize=7)
    figure.savefig(path, dpi=150)
    plt.close(figure)
