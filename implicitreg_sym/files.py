"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: str | Path, content: str | bytes) -> Path:
    """Write text (as UTF-8) or bytes so that a reader sees the old file or the new one, never a part.

    Arguments: ``path``, in a folder that exists; ``content``. A terminal or a pipe, also as /dev/stdout, is
    written to as it stands. Returns the path. Raises `OSError` where the file system refuses; the old file is
    then untouched.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "k.txt", "0.19974").read_text()
    '0.19974'
    """
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    if _is_stream(path):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "wb", buffering=0) as stream:
            rest = memoryview(data)
            while rest:
                rest = rest[stream.write(rest) :]
        return path
    # a symbolic link keeps pointing at its target, which is what gets replaced
    target = path.resolve()
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _is_stream(path: Path) -> bool:
    """Whether the path names something that cannot be replaced, only written to (a folder refuses that).

    The links below /dev and /proc are not followed by name: what /dev/stdout says it points at, such as
    ``pipe:[4711]``, is no path.
    """
    if not path.exists():
        return False
    return not path.is_file() or path.absolute().parts[1:2] in (("dev",), ("proc",))


def _mode(path: Path) -> int:
    """The mode of the file that is replaced; that of an ordinary new file where there is none."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        # the umask can only be read by setting it, which other threads would notice
        return 0o644
