"""The exception that means misuse; outcomes of computations are values with a status, not exceptions."""

from __future__ import annotations


class InputError(ValueError):
    """Bad input, told in one sentence that says what is wrong and what would be right.

    >>> raise InputError("the start has 1 weight for 2 inputs; give as many weights as inputs")
    Traceback (most recent call last):
    ...
    implicitreg_sym.errors.InputError: the start has 1 weight for 2 inputs; give as many weights as inputs
    """
