"""The commands of ``maml-verify``, one a file: ``add(parser)`` and ``run(arguments) -> exit code``."""

# Exit codes besides 0, all as expected, and 1, a verdict other than the registered one: bad usage or input,
# an unexpected error of the program or its machine, and a run that Ctrl-C ended (128 + SIGINT, as in shells).
INPUT, FAULT, INTERRUPTED = 2, 3, 130
