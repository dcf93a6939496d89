"""A file that fails has its text shown; a pipe whose reader left shows nothing, and the error goes on."""

import contextlib
import errno

import pytest

from maml_verify.commands.console import files


@pytest.mark.parametrize(
    ("error", "shown"), [(BrokenPipeError(errno.EPIPE, "gone"), ""), (OSError(28, "full"), "text\n")]
)
def test_a_reader_that_left_is_not_shown_the_text_elsewhere(error, shown, monkeypatch, capsys):
    @contextlib.contextmanager
    def fails(output):
        raise error
        yield

    monkeypatch.setattr(files, "whole", fails)
    with pytest.raises(OSError, match="gone" if not shown else "what was to go there is on standard output"):
        files.write("text\n", "some.txt")
    assert capsys.readouterr().out == shown
