"""Plain formulas as LaTeX, and what the check of LaTeX source notices."""

import pytest
from latex_source import faults

from maml_verify.reports.rows import render_rows
from proofs_check.pages.typeset import escape, typeset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C_err1' < 5 sigma_g/32", r"$C'_{\mathrm{err}1} < 5 \sigma_{g}$/32"),
        ("||w_j - w~_j||^2", r"$\|w_{j} - \tilde{w}_{j} \|^{2}$"),
        ("e^(N log(1 + 1/(8N)))", r"$e^{N \log (1 + 1/(8N))}$"),
        ("sigma large: L^ is large", r"$\sigma$ large: $\hat{L}$ is large"),
        ("<grad L, e> is a 50% & more", r"$\langle\nabla L, e\rangle$ is a 50\% \& more"),
        ("it's a_b {x}", r"it's $a_{b}$ \{$x$\}"),
    ],
)
def test_formulas_become_mathematics_and_prose_stays(text, expected):
    shown = typeset(text)
    assert shown.replace(" ", "").replace("$", "") == expected.replace(" ", "").replace("$", "")
    assert faults(shown) == []


def test_escaped_text_has_no_command_in_it():
    assert faults(escape("a_b ^ ~ # $ % & {x} \\ < > |")) == []
    assert faults(render_rows([{"a_b": "50% of #1 & <2>", "c": 1.5}], "latex", {"x": "a_b"})) == []


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("\\textbf{x", "braces"), ("}{", "braces"), ("\\begin{a}\\end{b}", "without"), ("$x", "dollars"),
        ("a_b", "outside"), ("σ", "character"), ("\\begin{a}", "without its end"),
    ],
)  # fmt: skip
def test_a_fault_is_noticed(source, text):
    assert text in " ".join(faults(source))
