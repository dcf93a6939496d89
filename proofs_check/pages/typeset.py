"""The ledger's plain text, prose with formulas in it, as LaTeX that needs no package."""

from __future__ import annotations

import re

__all__ = ["escape", "typeset"]

GREEK = (
    *("alpha", "beta", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "pi"),
    *("rho", "sigma", "tau", "phi", "chi", "psi", "omega", "Delta", "Omega"),
)
COMMANDS = {name: rf"\{name}" for name in GREEK} | {"eps": r"\epsilon", "grad": r"\nabla", "prod": r"\prod"}
COMMANDS |= {"sum": r"\sum", "inf": r"\inf", "log": r"\log"}
SIGNS = {
    "<=": r"\le", ">=": r"\ge", "==": "=", "->": r"\to", "+-": r"\pm", "||": r"\|", "<": "<", ">": ">",
    "|": "|", "*": r"\cdot", "<<": r"\langle", ">>": r"\rangle",
}  # fmt: skip
SPECIAL = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"} | {c: rf"\{c}" for c in "&%$#_{}"}
SPECIAL |= {sign: f"${SIGNS[sign]}$" for sign in "<>|"}
PAIR = r"\([^()]*\)"
GROUP = rf"\((?:[^()]|\((?:[^()]|{PAIR})*\))*\)"
TOKEN = re.compile(
    rf"(?P<accent>\b[A-Za-z](?:\^(?=[\s,.)])|~))?"
    rf"(?P<name>(?<![A-Za-z])(?<![A-Za-z]')(?(accent)|[A-Za-z]+'?)(?:_(?:{GROUP}|[A-Za-z0-9]+))*'*(?![A-Za-z]))?"
    rf"(?P<power>\^(?:{GROUP}|-?\w+))?"
    rf"(?P<sign>{'|'.join(map(re.escape, sorted(SIGNS, key=len, reverse=True)))})?"
)
#: <a, b>, where a relation would have a space behind it.
INNER = re.compile(r"<(?=\S)([^<>]*,[^<>]*)>")
BETWEEN = re.compile(r"[-+=/()\[\]0-9 ]*")
WORD = re.compile(r"[A-Za-z]+|[^A-Za-z]+")


def escape(text: str) -> str:
    """Text with every character that LaTeX reads otherwise escaped."""
    return "".join(SPECIAL.get(c, c) for c in text)


def _inside(text: str) -> str:
    """A formula in math mode: names of letters, other words upright."""
    parts = []
    for word in WORD.findall(text):
        plain = word if len(word) == 1 or not word.isalpha() else rf"\mathrm{{{word}}}"
        parts.append(COMMANDS[word] + " " if word in COMMANDS else plain)
    return "".join(parts).replace("~", r"\sim ").replace("*", r"\cdot ").replace("||", r"\|")


def _script(text: str) -> str:
    """What follows ``_`` or ``^``, without its own parentheses."""
    return _inside(text[1:-1] if text.startswith("(") else text)


def _name(name: str) -> str | None:
    """A name with its subscripts in math mode; None if it is a word of prose."""
    bare = name.replace("'", "")
    base, *scripts = re.split(r"_(?=\(|[A-Za-z0-9])", bare)
    if not (base in COMMANDS or scripts or (len(base) == 1 and base != "a")):
        return None
    primes = "'" * (len(name) - len(bare))
    return _inside(base).strip() + primes + "".join(f"_{{{_script(s)}}}" for s in scripts)


def _token(match: re.Match[str]) -> str:
    accent, name, power, sign = (match[key] or "" for key in ("accent", "name", "power", "sign"))
    out = ""
    if accent:
        hat = r"\hat" if accent[1] == "^" else r"\tilde"
        out += f"${hat}{{{accent[0]}}}{(_name('w' + name) or 'w')[1:]}$"
    elif name:
        math = _name(name)
        out += escape(name) if math is None else f"${math}$"
    if power:
        out += f"$^{{{_script(power[1:])}}}$"
    return out + (f"${SIGNS[sign]}$" if sign else "")


def typeset(text: str) -> str:
    """Text in which names, powers and relations are set as mathematics, and the rest is escaped."""
    out, place = [], 0
    text = INNER.sub(r"<<\1>>", text)
    while place < len(text):
        match = TOKEN.match(text, place)
        if match and match.end() > place:
            out.append(_token(match))
            place = match.end()
        else:
            out.append(escape(text[place]))
            place += 1
    return _merged("".join(out))


def _merged(text: str) -> str:
    """Formulas that only signs and digits part become one."""
    # Dollars in words are escaped, so between two dollars there is mathematics.
    parts = re.split(r"(?<!\\)\$", text)
    out = parts[0]
    for k in range(1, len(parts) - 1, 2):
        joined = k > 1 and BETWEEN.fullmatch(parts[k - 1])
        out = f"{out[:-1]}{parts[k - 1]} {parts[k]}$" if joined else f"{out}${parts[k]}$"
        if not (k + 2 < len(parts) and BETWEEN.fullmatch(parts[k + 1])):
            out += parts[k + 1]
    return out
