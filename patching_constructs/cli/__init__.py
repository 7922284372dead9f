"""The command line `patching`. It needs neither Node nor credentials of AWS."""

from patching_constructs.cli.main import main

__all__ = ["main"]
