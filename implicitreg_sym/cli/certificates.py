"""The options --certificate and --certificates: results as files that `implicitreg check` decides about."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def write_certificate_file(path: str | None, build: Callable[[], dict[str, Any]]) -> bool:
    """Write the certificate to the file if one is named; whole or not at all.

    Returns False, with one sentence on standard error and without a file, where the result has none. Raises
    `InputError` where the file cannot be written.
    """
    if path is None:
        return True
    from implicitreg_sym.certificate import NoCertificateError, certificate_text
    from implicitreg_sym.errors import InputError
    from implicitreg_sym.files import write_whole

    try:
        text = certificate_text(build())
    except NoCertificateError as reason:
        click.echo(f"implicitreg: no certificate is written: {reason}", err=True)
        return False
    try:
        write_whole(path, text)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}; name another file") from None
    return True


def usable_folder(folder: str) -> Path:
    """Return the folder, made if it is missing. Raises `InputError` if files cannot be written into it."""
    from implicitreg_sym.errors import InputError

    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError as error:
        raise InputError(
            f"certificates cannot be written into {folder}: {error.strerror or error}; name another folder"
        ) from None
