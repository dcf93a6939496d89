"""The commands of ``maml-verify``, one a file: ``add(parser)`` and ``run(arguments) -> exit code``."""
