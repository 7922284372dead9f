"""Serves the local AWS to a person at a terminal until Ctrl-C."""

import argparse
import contextlib
import signal
import sys

from local_aws.cdk_cli import ACCOUNT_KEYS_PLUGIN
from local_aws.server import serve
from local_aws.services.moto_corrections import ACCOUNT_KEY_PREFIX


def main() -> None:
    """Serve, and say how to reach it."""
    parser = argparse.ArgumentParser(prog="python -m local_aws", description="serve a local AWS on loopback")
    parser.add_argument("--port", type=int, default=0, help="TCP port; by default any that is free")
    port = parser.parse_args().port
    for ending in (signal.SIGINT, signal.SIGTERM):  # a shell starts background jobs with SIGINT ignored
        signal.signal(ending, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), serve(port=port) as server:
        exports = "\n".join(f"export {name}={value}" for name, value in server.environment.items())
        sys.stdout.write(
            f"{exports}\n"
            f"# The local AWS listens on {server.url} until Ctrl-C, and forgets everything then.\n"
            f"# Keys of account 111111111111: export AWS_ACCESS_KEY_ID={ACCOUNT_KEY_PREFIX}111111111111\n"
            f"# The CDK CLI, in any account: add --no-notices --plugin {ACCOUNT_KEYS_PLUGIN}\n"
        )
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
