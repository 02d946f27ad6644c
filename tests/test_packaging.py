"""The metadata agrees with what is there."""

from __future__ import annotations

import ast
import configparser
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

import implicitreg_sym

ROOT = Path(__file__).parents[1]
PACKAGES = ("implicitreg_sym", "implicitreg_checker")


def metadata() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_every_folder_of_the_package_is_installed() -> None:
    """The packages in setup.cfg are the folders with modules, and proofs/ under its installed name."""
    folders = {path.parent.relative_to(ROOT) for name in PACKAGES for path in (ROOT / name).rglob("*.py")}
    found = {".".join(folder.parts) for folder in folders} | {"implicitreg_sym.proofs"}
    assert set(metadata()["options"]["packages"].split()) == found


def test_every_data_file_is_installed() -> None:
    """Files of the package that are not modules match a pattern of package_data."""
    patterns = metadata()["options.package_data"]
    for path in (path for name in PACKAGES for path in (ROOT / name).rglob("*")):
        if path.is_file() and path.suffix not in {".py", ".pyc"}:
            package = ".".join(path.parent.relative_to(ROOT).parts)
            assert any(path.match(pattern.strip()) for pattern in patterns.get(package, "").split(",")), path


def test_versions_agree() -> None:
    """CITATION.cff and the installed package have the version of the source."""
    assert f"version: {implicitreg_sym.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert importlib.metadata.version("implicitreg_sym") == implicitreg_sym.__version__


def test_public_names_are_those_that_the_module_lists() -> None:
    """__all__, the lazy table and the imports for type checkers name the same things."""
    tree = ast.parse((ROOT / "implicitreg_sym" / "__init__.py").read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    imported = {
        (node.module, alias.name)
        for node in guarded.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == {(module, name) for name, module in implicitreg_sym._MODULE_OF.items()}
    assert set(implicitreg_sym.__all__) == {"__version__", *implicitreg_sym._MODULE_OF}
    assert set(implicitreg_sym.__all__) <= set(dir(implicitreg_sym))


@pytest.mark.parametrize("name", sorted(set(implicitreg_sym.__all__) - {"__version__"}))
def test_every_public_name_is_documented(name: str) -> None:
    """Every public name exists and has a docstring of its own."""
    documented = getattr(implicitreg_sym, name).__doc__
    assert documented and not documented.startswith(f"{name}(")


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The lazy module fails as any module does."""
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = implicitreg_sym.nonsense


def test_importing_the_package_imports_nothing_else() -> None:
    """SymPy, mpmath and python-flint are imported at first use."""
    heavy = "{'sympy', 'mpmath', 'flint', 'click', 'rich'}"
    program = f"import sys, implicitreg_sym; print(sorted({heavy} & set(sys.modules)))"
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"


def test_the_proofs_are_importable_by_their_installed_name() -> None:
    """implicitreg_sym.proofs is found from any folder, not only from the checkout."""
    program = "import implicitreg_sym.proofs as proofs; print(*proofs.__path__)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/"
    )
    assert Path(done.stdout.strip()).is_dir()
