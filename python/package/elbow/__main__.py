"""``python -m elbow`` and the program ``elbow``: the command line."""

import signal
import sys

from elbow._core import run


def main() -> int:
    # Ctrl-C is the command line's own affair
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run(["elbow", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
