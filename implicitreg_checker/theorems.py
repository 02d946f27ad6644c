"""The theorem that a certificate of each kind states, in words and as a formula, about the fields that it names."""

THEOREMS: dict[str, dict[str, str]] = {
    "value": {
        "words": "The number given.expression lies in the ball found.value.",
        "formula": r"\mathrm{expression} \in \mathrm{value}",
    },
    "invariant": {
        "words": "On every interval inside a piece of σ on which σ, σ' and the given potential G are defined and σ' ≠ 0, "
        "G' = σ/σ', so that a²/2 − G(⟨w, x⟩)/‖x‖² is constant along the gradient flow of every single sample with input "
        "x; potentials of neighbouring pieces agree at their common breakpoint; and on each segment of found.segments "
        "σ' ≠ 0 and the integral of σ/σ' lies in the ball rise.",
        "formula": r"G'(u) = \frac{\sigma(u)}{\sigma'(u)}, \qquad \frac{d}{dt}\Bigl(\frac{a^2}{2} - "
        r"\frac{G(\langle w, x\rangle)}{\lVert x\rVert^2}\Bigr) = 0",
    },
    "degree": {
        "words": "For 0 < |u| < given.upto, u on the given side of zero, σ ≠ 0 and σ' ≠ 0, and the local homogeneity degree "
        "E(u) = u σ'(u)/σ(u) as a function of u is what found.verdict says: strictly increasing, strictly decreasing, "
        "constant, or not monotone.",
        "formula": r"E(u) = \frac{u\,\sigma'(u)}{\sigma(u)}",
    },
    "limit": {
        "words": "The gradient flow of ½(aσ(⟨w, x⟩ + b) − y)² for the given sample (and learning rates) from the given start "
        "converges to a point that interpolates the sample, and the coordinates of that point lie in the balls of found.",
        "formula": r"\lim_{t\to\infty} \theta(t) = \theta_\infty, \qquad a_\infty \sigma(\langle w_\infty, x\rangle + b_\infty) "
        r"= y",
    },
    "two-point": {
        "words": "There are numbers x_2, a_0, a_p, a_q, y_1, y_2 in the balls of found such that the gradient flow from "
        "(w_0, a_0) converges to p = (w_p, a_p) for the sample (x_1, y_1) and to q = (w_q, a_q) ≠ p for the sample "
        "(x_2, y_2), and both p and q interpolate both samples: two-point overlapping, so that no data-independent "
        "function characterises strictly the limits from (w_0, a_0).",
        "formula": r"\Phi_{S_1}(\theta_0) = p \ne q = \Phi_{S_2}(\theta_0), \qquad \{p, q\} \subset M_{S_1} \cap M_{S_2}",
    },
    "symmetric two-point": {
        "words": "σ is odd, and with y_i = −a_0 σ(w_0 x_i), which lie in the balls of found, the gradient flow from (w_0, a_0) "
        "converges to p = (w_0, −a_0) for the sample (x_1, y_1) and to q = (−w_0, a_0) for the sample (x_2, y_2), and both "
        "p and q interpolate both samples: two-point overlapping, so that no data-independent function characterises "
        "strictly the limits from (w_0, a_0).",
        "formula": r"\Phi_{S_1}(\theta_0) = (w_0, -a_0), \qquad \Phi_{S_2}(\theta_0) = (-w_0, a_0), \qquad "
        r"\{p, q\} \subset M_{S_1} \cap M_{S_2}",
    },
    "one-point": {
        "words": "For every point θ = (w, a) of the open box U of found there are samples S_1(θ) ≠ S_2(θ), continuously "
        "differentiable in θ, for both of which the gradient flow from (w_0, a_0) converges to θ, while the curves of "
        "solutions of S_1(θ) and S_2(θ) cross at θ transversally: robust one-point overlapping, so that every "
        "data-independent function that characterises weakly the limits from (w_0, a_0) is constant on U.",
        "formula": r"\Phi_{S_1(\theta)}(\theta_0) = \Phi_{S_2(\theta)}(\theta_0) = \theta, \qquad "
        r"T_\theta M_{S_1(\theta)} + T_\theta M_{S_2(\theta)} = \mathbb{R}^2 \qquad (\theta \in U)",
    },
}  # fmt: skip
