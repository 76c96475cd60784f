"""
`python -m bench`: every benchmark, one after the other, each with its own defaults; results go to bench/RESULTS.
"""

from __future__ import annotations

import subprocess
import sys

BENCHES = ("bench.build", "bench.questions", "bench.audit", "bench.service")


def main() -> None:
    """Run each benchmark in a process of its own, so that none finds the memory that another has taken."""
    for bench in BENCHES:
        print(f"== {bench}", flush=True)
        subprocess.run([sys.executable, "-m", bench], check=True)


if __name__ == "__main__":
    main()
