"""`python -m implicitreg_sym` is the command `implicitreg`."""

from __future__ import annotations

from implicitreg_sym.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
