"""Substitution into expressions, and their derivatives, without any simplification beyond 0 and 1."""

from __future__ import annotations

from flint import fmpq

from implicitreg_checker.errors import require
from implicitreg_checker.expression import BINARY, Expression

MAX_STEPS = 50_000
# f'(a), to be multiplied by a'. For ₂F₂(1, 1; 3/2, 2; a) = Φ(a)/a, Φ' = Σ aⁿ/(3/2)_n = e^a erfroot a with
# erfroot a = (√π/2) erf(√a)/√a (DLMF 7.6.2), a token that occurs only here and in `exact`.
SLOPES = {
    "neg": "-1", "exp": "exp a", "log": "/ 1 a", "logabs": "/ 1 a", "sqrt": "/ 1/2 sqrt a", "sin": "cos a",
    "cos": "neg sin a", "tan": "^-2 cos a", "sinh": "cosh a", "cosh": "sinh a", "tanh": "^-2 cosh a",
    "atan": "/ 1 + 1 ^2 a", "asinh": "/ 1 sqrt + 1 ^2 a", "erf": "/ * 2 exp neg ^2 a sqrt pi",
    "erfc": "/ * -2 exp neg ^2 a sqrt pi", "li2": "neg / log - 1 a a", "2f2": "/ - * exp a erfroot a 2f2 a a",
}  # fmt: skip
CHAIN = {"+": "+ A B", "-": "- A B", "*": "+ * A b * a B", "/": "/ - A * q B b"}  # q = a/b


class Scribe:
    """Writes instructions down, equal ones once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, tuple[int, ...]], int] = {}

    def step(self, token: str, *arguments: int) -> int:
        """The position of an instruction."""
        require(len(self.known) < MAX_STEPS, "derivatives of at most 50000 steps")
        return self.known.setdefault((token, arguments), len(self.known))

    def copy(self, expression: Expression, variable: int | None = None) -> list[int]:
        """The positions of the steps of an expression; the position ``variable`` takes the place of u."""
        places: list[int] = []
        for token, arguments in expression.steps:
            own = variable if token == "u" else None
            places.append(self.step(token, *(places[index] for index in arguments)) if own is None else own)
        return places

    def write(self, words: str, **places: int) -> int:
        """The position of a formula in Polish notation, where names stand for positions."""
        zero, one = self.step("0"), self.step("1")
        stack: list[int] = []
        for token in reversed(words.split()):
            if token in places:
                stack.append(places[token])
                continue
            number = token == "pi" or (token != "2f2" and token[-1].isdigit() and token[0] != "^")
            arguments = [stack.pop() for _ in range(0 if number else 2 if token in BINARY else 1)]
            unit = one if token == "*" else zero
            if (token == "*" and zero in arguments) or (token == "/" and arguments[0] == zero):
                stack.append(zero)
            elif token in ("+", "*") and unit in arguments:
                stack.append(arguments[arguments[0] == unit])
            elif token == "-" and arguments[1] == zero:
                stack.append(arguments[0])
            else:
                stack.append(self.step(token, *arguments))
        return stack[0]

    def read(self, place: int) -> Expression:
        """The expression at a position."""
        steps, needed = list(self.known), {place}
        for index in range(place, -1, -1):
            if index in needed:
                needed.update(steps[index][1])
        order = {old: new for new, old in enumerate(sorted(needed))}
        return Expression("", tuple((steps[i][0], tuple(order[j] for j in steps[i][1])) for i in order))


def combine(words: str, **parts: Expression) -> Expression:
    """A formula in Polish notation in which names stand for expressions."""
    scribe = Scribe()
    return scribe.read(scribe.write(words, **{name: scribe.copy(part)[-1] for name, part in parts.items()}))


def substitute(expression: Expression, inner: Expression) -> Expression:
    """The expression with another one in place of u."""
    scribe = Scribe()
    return scribe.read(scribe.copy(expression, scribe.copy(inner)[-1])[-1])


def derivative(expression: Expression) -> Expression:
    """The derivative in u, by the rules of calculus: valid wherever every step is differentiable."""
    scribe, slopes = Scribe(), list[int]()
    places = scribe.copy(expression)
    for place, (token, arguments) in zip(places, expression.steps, strict=True):
        names = dict(zip("ab", (places[index] for index in arguments), strict=False))
        names |= dict(zip("AB", (slopes[index] for index in arguments), strict=False)) | {"q": place}
        if not arguments:
            rule = "1" if token == "u" else "0"
        elif token.startswith("^"):
            exponent = fmpq(*map(int, token[1:].split("/")))
            rule = f"* A * {exponent} ^{exponent - 1} a" if exponent != 1 else "A"
        else:
            require(token in CHAIN or token in SLOPES, f"a rule for the derivative of {token}")
            rule = CHAIN.get(token) or f"* A {SLOPES[token]}"
        slopes.append(scribe.write(rule, **names))
    return scribe.read(slopes[-1])
