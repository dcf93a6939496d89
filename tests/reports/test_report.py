"""The report page: every part is there, and it needs no other file."""

from html.parser import HTMLParser

from maml_verify.__main__ import main
from maml_verify.claims import find_claim


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.outside, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.outside += [value for name, value in attrs if name in ("src", "href") and tag != "use"]

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_has_verdicts_witnesses_and_plots_and_needs_no_other_file(tmp_path):
    path = tmp_path / "page.html"
    chosen = ["path-second-moment", "--family", "cubic-well", "--jobs", "1", "--alpha-L", "1/50"]
    assert main(["report", *chosen, "--output", str(path)]) == 0
    reader = Reader()
    reader.feed(path.read_text())
    text = " ".join(reader.text)
    assert reader.open == []
    assert reader.outside == []
    assert "VIOLATED 1." in text
    assert "witness path-second-moment-printed.json" in text
    assert f"{len(find_claim(chosen[0]).editions)} checked (" in text
    assert path.read_text().count("<svg") == 1


def test_the_page_of_nothing_is_an_error(capsys):
    arguments = ["report", "path-stability", "--edition", "printed-b", "--jobs", "1"]
    assert main(arguments) == 2
    assert "nothing was checked" in capsys.readouterr().err


def test_a_page_without_a_positive_ratio_says_so(tmp_path):
    path = tmp_path / "page.html"
    # Without steps both sides of Lemma 14 are 0.
    chosen = ["task-gradient-gap", "--steps", "0", "--family", "quadratic", "--alpha-L", "1/50"]
    assert main(["report", *chosen, "--output", str(path)]) == 0
    assert "<svg" in path.read_text()
