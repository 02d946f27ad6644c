r"""The definitions that proofs share, as LaTeX prose for their settings (docs/theory.md, section 1)."""

from __future__ import annotations

NETWORK = (
    r"Let $f(x;\theta)=a\,\sigma(\langle w,x\rangle)$ with "
    r"$\theta=(w,a)\in\mathbb{R}^d\times\mathbb{R}$ be a "
    r"network of one neuron. For a dataset $S=\{(x_i,y_i)\}$ the loss is "
    r"$L_S(\theta)=\tfrac12\sum_i(f(x_i;\theta)-y_i)^2$, and the gradient flow $\dot\theta=-\nabla "
    r"L_S(\theta)$, "
    r"$\theta(0)=\theta_0$, has the limit $\Phi_S(\theta_0)$ where it converges; $M_S$ is the set of "
    r"all $\theta$ "
    r"that interpolate $S$."
)
CHARACTERISE = (
    r"A function $J$ of the parameters which may depend on $\sigma$ and $\theta_0$ but not on the data "
    r"characterises weakly if $J(\Phi_S(\theta_0))=\min_{M_S}J$ for every $S$ with "
    r"$\Phi_S(\theta_0)\in M_S$, and "
    r"strictly if moreover $\Phi_S(\theta_0)$ is the only minimiser. Whether such a $J$ exists is "
    r"the question "
    r"of~\cite{zhang2023limitation}."
)
TWO_POINT = (
    r"Two-point overlapping means that $\Phi_{S_1}(\theta_0)=p\neq q=\Phi_{S_2}(\theta_0)$ while $p$ "
    r"and $q$ both "
    r"interpolate both datasets."
)
ONE_POINT = (
    r"One-point overlapping means that $\Phi_{S_1}(\theta_0)=\Phi_{S_2}(\theta_0)=\theta^*$ and that "
    r"the curves "
    r"$M_{S_1}$ and $M_{S_2}$ cross at $\theta^*$ without touching; it is robust on an open "
    r"connected set $U$ if "
    r"it holds at every $\theta^*\in U$ with data that depend on $\theta^*$ continuously differentiably."
)
RATIO = r"Put $g=\sigma/\sigma'$, and let $G$ be an antiderivative of $g$."
ORBIT = (
    r"Put $u=\langle w,x\rangle$ and $g=\sigma/\sigma'=G'$; by T4 the orbit of $\theta_0$ is the curve "
    r"$a^2=Q(u)=a_0^2+2\,(G(u)-G(u_0))/\lVert x\rVert^2$."
)
DEGREE = (
    r"The local homogeneity degree of $\sigma$ is $E(u)=u\,\sigma'(u)/\sigma(u)$, the slope of "
    r"$\log\lvert\sigma\rvert$ against $\log\lvert u\rvert$."
)
