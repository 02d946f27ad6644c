"""``python -m implicitreg_checker FILE…``: exit code 0 if every certificate is accepted, 1 if one is
rejected, 2 if one cannot be read."""

from __future__ import annotations

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from implicitreg_checker.certificate import check
from implicitreg_checker.errors import RejectedError, UnreadableError
from implicitreg_checker.reading import MAX_BYTES

ACCEPTED, REJECTED, UNREADABLE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Check files, each in a process of its own with bounded memory and time."""
    parser = argparse.ArgumentParser(prog="implicitreg_checker", description=__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--seconds", type=int, default=300, help="time limit for each file (default: 300)")
    parser.add_argument(
        "--megabytes", type=int, default=2000, help="memory limit for each file (default: 2000)"
    )
    parser.add_argument("--jobs", type=int, default=2, help="files checked side by side (default: 2)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.seconds < 1 or options.megabytes < 100 or options.jobs < 1:
        parser.error("the limits must be at least 1 second, 100 megabytes and 1 job")
    if options.inside:
        limit_memory(options.megabytes)
        return check_here(options.files[0])
    limits = [options.seconds, options.megabytes]
    with ThreadPoolExecutor(options.jobs) as pool:
        codes = []
        checks = [(file, pool.submit(check_apart, file, *limits)) for file in options.files]
        for file, answer in checks:
            code, line = answer.result()
            print(printable(f"{file if file.isprintable() else ascii(file)}: {line}"), flush=True)
            codes.append(code)
    return max(codes)


def printable(text: str) -> str:
    """The text with escapes for what the standard output cannot write."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def limit_memory(megabytes: int) -> None:
    """Bound the memory of this process where the system can."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def check_here(file: str) -> int:
    """Check one file in this process and print the verdict."""
    try:
        with open(file, "rb") as stream:
            kind = check(stream.read(MAX_BYTES + 1))
    except (UnreadableError, OSError) as error:
        print(f"unreadable: {error}")
        return UNREADABLE
    except (RejectedError, ArithmeticError, ValueError, MemoryError, RecursionError) as error:
        print(f"rejected: {str(error) or type(error).__name__}")
        return REJECTED
    print(f"accepted: {kind}")
    return ACCEPTED


def check_apart(file: str, seconds: int, megabytes: int) -> tuple[int, str]:
    """Check one file in a child process that is ended when it exceeds a limit."""
    command = [sys.executable, "-X", "utf8", "-m", "implicitreg_checker", "--inside"]
    command += ["--megabytes", str(megabytes), "--", file]
    try:
        child = subprocess.run(command, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return REJECTED, f"rejected: not decided within {seconds} seconds"
    except ValueError as error:  # a NUL character in the name
        return UNREADABLE, f"unreadable: {error}"
    if child.returncode not in (ACCEPTED, REJECTED, UNREADABLE) or not child.stdout:
        return REJECTED, f"rejected: not decided within {megabytes} megabytes"
    return child.returncode, child.stdout.decode("utf-8", "replace").strip()


if __name__ == "__main__":
    sys.exit(main())
