"""Model Workbench: design, train, inspect and export neural networks in one window."""

import os

__version__ = "0.1.0"

# torch's threads wait for each other by spinning. Where anything else wants a core (the window, another
# program), the one that is waited for is off it, and steps take up to a hundred times as long. It is read
# once, when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
