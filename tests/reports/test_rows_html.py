"""Rows of numbers as HTML: a line each under their names, and a word where there are none."""

from maml_verify.reports.html import rows_html


def test_every_row_is_a_line_under_the_names():
    assert rows_html([]) == "<p>None.</p>"
    table = rows_html([{"N": 1, "what": "a<b"}, {"N": 2, "what": "c"}])
    assert table.count("<tr>") == 3
    for part in ("<th>N</th>", "<th>what</th>", "a&lt;b", ">2</td>"):
        assert part in table
