"""What can be said of LaTeX source without TeX."""

import re


def faults(source: str) -> list[str]:
    """Why pdflatex would stop: characters, braces, environments, dollars, scripts outside mathematics."""
    found = [f"character {c!r}" for c in sorted(set(source)) if not c.isascii()]
    body = re.sub(r"(?<!\\)%.*", "", source)
    body = re.sub(r"\\[\\&%$#_{}|^~]", "", body)
    depth = 0
    for c in body:
        depth += {"{": 1, "}": -1}.get(c, 0)
        if depth < 0:
            break
    if depth:
        found.append("unbalanced braces")
    open_ = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", body):
        if kind == "begin":
            open_.append(name)
        elif not open_ or open_.pop() != name:
            found.append(f"\\end{{{name}}} without its beginning")
    found += [f"\\begin{{{name}}} without its end" for name in open_]
    for number, line in enumerate(body.splitlines(), 1):
        text, *rest = line.split("$")
        if len(rest) % 2:
            found.append(f"line {number}: an odd number of dollars")
        for part in (text, *rest[1::2]):
            found += [
                f"line {number}: {c} outside mathematics" for c in "_^#~" if c in part.replace("#1", "")
            ]
        for part in rest[::2]:
            found += [f"line {number}: two scripts" for _ in re.findall(r"\}\^\{[^{}]*\}\^", part)]
    return found
