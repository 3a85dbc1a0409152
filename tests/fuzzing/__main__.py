"""`./dev fuzz`: random frames for every driver, or, with `--coverage`, inputs that reach more code of every reader of bytes."""

from __future__ import annotations

import sys


def main() -> int:
    """Gives 1 where something broke."""
    if "--coverage" in sys.argv[1:]:
        sys.argv.remove("--coverage")
        from tests.fuzzing import coverage as way
    else:
        from tests.fuzzing import random_frames as way  # type: ignore[no-redef]
    return way.main()


if __name__ == "__main__":
    sys.exit(main())
