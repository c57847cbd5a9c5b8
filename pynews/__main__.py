"""``python -m pynews``: the command line."""

from pynews._cli import main

if __name__ == "__main__":
    raise SystemExit(main())
