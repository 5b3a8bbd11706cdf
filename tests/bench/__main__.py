"""All benchmarks, one after the other: ``python -m tests.bench [NAME ...]`` prints one JSON object.

Each runs in a process of its own, so that none warms up another.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

NAMES = tuple(sorted(file.stem for file in Path(__file__).parent.glob("*.py") if file.stem != "__main__"))


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, or all."""
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. There are {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    found = {}
    for name in names or NAMES:
        print(f"{name} ...", file=sys.stderr)
        command = [sys.executable, "-m", f"tests.bench.{name}"]
        found[name] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
