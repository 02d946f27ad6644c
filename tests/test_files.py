"""Tests of writing files whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from implicitreg_sym.files import write_whole


def test_content_is_written_and_no_folders_are_made(tmp_path: Path) -> None:
    """Text arrives as UTF-8, bytes as they are; a folder that is missing is an error, for it is a slip."""
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "a" / "b" / "σ.txt", "σ(u)\n")
    assert not list(tmp_path.iterdir())
    assert write_whole(tmp_path / "σ.txt", "σ(u)\n").read_bytes() == "σ(u)\n".encode()
    assert write_whole(str(tmp_path / "c"), b"\x00\xff").read_bytes() == b"\x00\xff"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk refuses, readers still see the old content, and no temporary file stays behind."""
    path = write_whole(tmp_path / "k.txt", "old")

    def full(_descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_whole(path, "new, and longer")
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("k.txt", "old")]


def test_mode_and_symbolic_link_survive(tmp_path: Path) -> None:
    """Replacing keeps the permissions of the file, and a link still points at it."""
    path = write_whole(tmp_path / "real", "old")
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(path)
    write_whole(link, "new")
    assert link.is_symlink()
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)


def test_a_folder_is_refused_and_a_device_is_written_to(tmp_path: Path) -> None:
    """A folder cannot be overwritten; /dev/null accepts anything and remains a device."""
    with pytest.raises(OSError):
        write_whole(tmp_path, "text")
    write_whole("/dev/null", "text")
    assert not Path("/dev/null").is_file()


def test_standard_output_is_written_to_whatever_it_is(tmp_path: Path) -> None:
    """/dev/stdout takes a long text into a pipe, and into a file together with what is printed."""
    program = (
        "from implicitreg_sym.files import write_whole\nprint('before', flush=True)\n"
        "write_whole('/dev/stdout', 'text' * 50000)\nprint('after')"
    )
    expected = "before\n" + "text" * 50000 + "after\n"
    piped = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert piped.stdout == expected
    with (tmp_path / "out").open("w") as out:
        subprocess.run([sys.executable, "-c", program], stdout=out, check=True)
    # the file has been opened without O_APPEND, so that what is printed later may lie over the text
    assert "text" * 40000 in (tmp_path / "out").read_text()
