"""What happens when arguments or files cannot be used."""

import argparse
import sys
from collections.abc import Callable

from patching_constructs.cli.exit_status import ExitStatus


def ended_by_unusable_input(parser: argparse.ArgumentParser, action: Callable[[], ExitStatus]) -> ExitStatus:
    """Run `action`; say what cannot be used, without a traceback, if that ends it."""
    from patching_constructs.cli.arguments import ArgumentError
    from patching_constructs.errors import SettingsError
    from patching_constructs.templates.template_error import ReadingError

    try:
        return action()
    except ArgumentError as error:
        parser.error(str(error))
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command line speaks
        return ExitStatus.UNUSABLE_INPUT
    except ReadingError as error:
        print(f"patching: {error}", file=sys.stderr)  # noqa: T201 - the command line speaks
        return ExitStatus.UNUSABLE_INPUT
