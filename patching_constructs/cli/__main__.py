"""`python -m patching_constructs.cli`."""

import sys

from patching_constructs.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
