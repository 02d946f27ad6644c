"""The public interface: every name is importable, documented, and shown at work in a doctest that runs."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pytest

import implicitreg_sym

NAMES = [name for name in implicitreg_sym.__all__ if name != "__version__"]


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_has_a_doctest(name: str) -> None:
    """The docstring holds at least one example, and all its examples pass."""
    thing = getattr(implicitreg_sym, name)
    module = sys.modules[getattr(thing, "__wrapped__", thing).__module__]
    tests = doctest.DocTestFinder(recurse=False).find(thing, name, module=False, globs=dict(vars(module)))
    examples = [test for test in tests if test.examples]
    assert examples, f"{name} has no example"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for test in examples:
        assert runner.run(test).failed == 0


def test_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name of the package is told like that of any module."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = implicitreg_sym.no_such_name


def test_dir_lists_the_public_names() -> None:
    """Completion in a notebook sees every public name before it has been used."""
    assert set(implicitreg_sym.__all__) <= set(dir(implicitreg_sym))


def test_importing_the_package_imports_no_sympy() -> None:
    """The package itself is light: SymPy comes with the first name that needs it."""
    code = "import sys, implicitreg_sym; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
