"""The two ways in which a certificate fails."""


class UnreadableError(Exception):
    """The bytes are not a certificate of the documented format (exit code 2)."""


class RejectedError(Exception):
    """The certificate can be read, but a step of its proof could not be established (exit code 1)."""


def require(holds: object, step: str) -> None:
    """Raise `RejectedError` naming the step unless it ``holds`` (a comparison of balls is true only if
    proved)."""
    if not holds:
        raise RejectedError(step)
