"""The commands of ``maml-verify``, one a file: ``add(parser)`` and ``run(arguments) -> exit code``."""

# Exit code of a run that Ctrl-C ended, 128 + SIGINT as shells have it.
INTERRUPTED = 130
