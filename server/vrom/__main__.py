"""`python -m vrom` is the `vrom` command."""

from vrom.cli import main

if __name__ == "__main__":
    main()
