"""`python -m patching_constructs.cli`."""

import sys

from patching_constructs.cli.main import main

sys.exit(main())
