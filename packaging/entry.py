"""Where the built program starts."""

import multiprocessing
import sys

from workbench.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # else a child process of the built program would open another window
    sys.exit(main())
