"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: str | Path, content: str | bytes) -> Path:
    """Write text (as UTF-8) or bytes so that a reader sees the old file or the new one, never a part.

    Arguments: ``path``, whose folder is made if it is missing; ``content``. Returns the path. Raises
    `OSError` where the file system refuses; the old file is then untouched.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "new" / "k.txt", "0.19974").read_text()
    '0.19974'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    # a symbolic link keeps pointing at its target, which is what gets replaced
    target = path.resolve()
    if target.exists() and not target.is_file():
        # a terminal or a pipe cannot be replaced, only written to; a folder raises here
        target.write_bytes(data)
        return path
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


def _mode(path: Path) -> int:
    """The mode of the file that is replaced; that of an ordinary new file where there is none."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        # the umask can only be read by setting it, which other threads would notice
        return 0o644
