"""``python -m triptych_lint``."""

from triptych_lint.cli import main

if __name__ == "__main__":
    main()
