"""T11 and T12 for the sigmoid: independent values, wrong variants refuted, laws at random parameters."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from implicitreg_sym.errors import InputError
from implicitreg_sym.overlap.outcome import NoOverlap, TwoPoint
from implicitreg_sym.overlap.sigmoid_crossing import stated_digits_claim
from implicitreg_sym.overlap.sigmoid_crossing_formulas import degenerate_claim, root_claim, root_of_s
from implicitreg_sym.overlap.sigmoid_domain import Rectangle, certified_rectangle, half_range, works_on
from implicitreg_sym.overlap.sigmoid_family import (
    last_place,
    sigmoid_one_point,
    sigmoid_two_point,
    two_point_claim,
)
from implicitreg_sym.overlap.sigmoid_formulas import T, alpha, squared_scale, squared_start
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

K = "0.199741621339063130121911636332"
A0 = "3.32629153903503806754612819786"
fractions = st.fractions(min_value=Fraction(1, 20), max_value=Fraction(19, 20), max_denominator=20)


def mp(number) -> mpmath.mpf:
    """The middle of the ball of a Number."""
    return mpmath.mpf(number.ball.middle.numerator) / number.ball.middle.denominator


def squares(ratio: Fraction, start: Fraction) -> tuple[mpmath.mpf, mpmath.mpf]:
    """κ² and a0² by the formulas of T11, in mpmath and in another form than the package's."""
    a, t = (mpmath.mpf(v.numerator) / v.denominator for v in (ratio, start))
    b = (1 - a) / (1 + a)
    on_first = 2 * (mpmath.log(t) + t + mpmath.log(a) - 1 / a)
    on_second = (2 * mpmath.log(t) + t**2 + 2 * mpmath.log(b) - 1 / b**2) / 2
    scale = (on_second - on_first) / ((1 + a) ** 4 - 4)
    return scale, (1 + a) ** 4 * scale + on_first


def test_the_example_of_t11_has_its_published_digits():
    """alpha = 1/2, T = 5: k and a0 to 30 digits, p = (log 2, 9k), q = (log 3, 8k), y = (6k, 36k/5)."""
    found = sigmoid_two_point()
    assert isinstance(found, TwoPoint) and found.status is Status.ENCLOSED
    assert all(claim.cross_checked for claim in found.claim.walk())
    assert found.start.a.decimal(30) == A0
    p, q = found.limits
    with mpmath.workdps(40):
        k = mpmath.mpf(K)
        for number, expected in ((p.a, 9 * k), (q.a, 8 * k), (p.w, mpmath.log(2)), (q.w, mpmath.log(3))):
            assert abs(mp(number) - expected) < mpmath.mpf(10) ** -28
        for sample, expected in zip(found.samples, (6 * k, 36 * k / 5), strict=True):
            assert abs(mp(sample.y) - expected) < mpmath.mpf(10) ** -28
        assert abs(mp(found.start.w) - mpmath.log(5)) < mpmath.mpf(10) ** -30


def test_the_identities_of_t11_are_exact_and_only_its_numbers_are_enclosed():
    """What holds for all alpha and T is PROVED; signs at a member, and what rests on them, are ENCLOSED."""
    statuses = {claim.id: claim.status for claim in sigmoid_two_point().claim.walk()}
    for name in ("interpolation", "scale", "orbit_p", "orbit_q", "distinct", "partner"):
        assert statuses[f"sigmoid.two_point.{name}"] is Status.PROVED
    for name in ("conditions", "limit_p", "limit_q"):
        assert statuses[f"sigmoid.two_point.{name}"] is Status.ENCLOSED


def test_a_wrong_digit_of_k_is_refuted():
    """The stated k counts to the last digit."""
    assert two_point_claim(scale=Fraction(K)).status is Status.ENCLOSED
    for position in (3, 17, 30):
        changed = Fraction(K) + Fraction(2, 10**position)
        assert two_point_claim(scale=changed).status is Status.REFUTED


@pytest.mark.parametrize("wrong", [u + 2 * sp.exp(u), sp.exp(u), u**2 / 2, u - sp.exp(u)])
def test_a_wrong_potential_is_refuted(wrong):
    """Orbits that rest on a G with another derivative than sigma/sigma' prove nothing."""
    claim = two_point_claim(potential=wrong)
    assert claim.status is Status.REFUTED
    assert next(part for part in claim.walk() if part.id == "sigmoid.potential").status is Status.REFUTED


def test_t_equal_to_four_is_refuted_and_its_absence_proved():
    """17 k² = -1/2 - log 3 < 0 for T = 4: the claim fails, and the absence of a member is proved."""
    assert two_point_claim(T=sp.Integer(4)).status is Status.REFUTED
    absent = sigmoid_two_point(T=sp.Integer(4))
    assert isinstance(absent, NoOverlap) and absent.proved and absent.claim.cross_checked


@given(fractions, st.fractions(min_value=Fraction(1, 10), max_value=12, max_denominator=10))
@example(Fraction(2, 3), Fraction(79, 10))
@example(Fraction(1, 10), Fraction(2))
@example(Fraction(1, 2), Fraction(1, 20))
@settings(max_examples=12, deadline=None)
def test_members_exist_exactly_where_both_squares_are_positive(ratio, start):
    """At random alpha and T the outcome agrees with T11's formulas, and both points fit both samples."""
    found = sigmoid_two_point(sp.Rational(ratio), sp.Rational(start), digits=12)
    with mpmath.workdps(30):
        scale, squared = squares(ratio, start)
        assert isinstance(found, TwoPoint) == (scale > 0 and squared > 0)
        if isinstance(found, NoOverlap):
            assert found.proved
            return
        assert found.status is Status.ENCLOSED
        assert all(claim.cross_checked for claim in found.claim.walk())
        assert abs(mp(found.start.a) ** 2 - squared) < mpmath.mpf(10) ** -9 * (1 + squared)
        for point in found.limits:
            for sample in found.samples:
                output = mp(point.a) / (1 + mpmath.exp(-mp(point.w) * mp(sample.x)))
                assert abs(output - mp(sample.y)) < mpmath.mpf(10) ** -10 * (1 + abs(output))
        assert len(found.family) == 2
        for range_, value in zip(found.family, (ratio, start), strict=True):
            assert range_.lower < sp.Rational(value) < range_.upper


@given(st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_the_construction_works_on_the_whole_certified_rectangle(along, up):
    """At points of the rectangle that balls certify around (1/2, 5), both squares are positive."""
    rectangle = certified_rectangle(sp.Rational(1, 2), sp.Integer(5))
    assert rectangle is not None
    (low, high), (near, far) = rectangle.alpha, rectangle.start
    ratio, start = low + (high - low) * Fraction(along), near + (far - near) * Fraction(up)
    assert all(value > 0 for value in squares(ratio, start))


def test_a_rectangle_across_the_boundary_is_not_certified():
    """T = 4.7 is below the least T for alpha = 1/2, T = 4.8 above, and alpha = sqrt(2) - 1 is excluded."""
    half = (Fraction(499, 1000), Fraction(501, 1000))
    assert works_on(Rectangle(half, (Fraction(24, 5), Fraction(5))))
    assert not works_on(Rectangle(half, (Fraction(47, 10), Fraction(5))))
    assert not works_on(Rectangle((Fraction(2, 5), Fraction(1, 2)), (Fraction(5), Fraction(6))))
    assert certified_rectangle(sp.Rational(1, 2), sp.Integer(4)) is None


def test_the_range_of_t_for_one_half_has_the_right_ends():
    """a0² vanishes at T1 and k² at T2, by mpmath on the formulas of T11."""
    found = half_range(30)
    assert found.claim.status is Status.ENCLOSED
    with mpmath.workdps(40):
        first = mpmath.findroot(start_of, 0.08)
        second = mpmath.findroot(scale_of, 4.75)
        for root, expected in ((found.first, first), (found.second, second)):
            middle = mpmath.mpf(root.root.middle.numerator) / root.root.middle.denominator
            assert abs(middle - expected) < mpmath.mpf(10) ** -30


def scale_of(t: mpmath.mpf) -> mpmath.mpf:
    """17 k² for alpha = 1/2."""
    return t**2 / 2 - 2 * t - mpmath.mpf(1) / 2 + mpmath.log(4 / (3 * t))


def start_of(t: mpmath.mpf) -> mpmath.mpf:
    """a0² for alpha = 1/2."""
    return 81 * scale_of(t) / 17 + 2 * (mpmath.log(t / 2) + t - 2)


def test_the_symbolic_formulas_specialise_to_the_example():
    """kappa² = 16 k² and a0² = 81 k² + 2(log T + T - log 2 - 2) at alpha = 1/2."""
    half = sp.Rational(1, 2)
    k_squared = (T**2 / 2 - 2 * T - half + sp.log(4 / (3 * T))) / 17
    for general, special in (
        (squared_scale, 16 * k_squared),
        (squared_start, 81 * k_squared + 2 * (sp.log(T) + T - sp.log(2) - 2)),
    ):
        difference = sp.expand_log(general.subs(alpha, half) - special, force=True)
        assert sp.expand(difference) == 0


@pytest.mark.parametrize(("ratio", "start"), [("3/2", 5), ("0", 5), ("1/2", 0), ("1/2", -1), ("1", 5)])
def test_parameters_outside_their_range_are_refused(ratio, start):
    """0 < alpha < 1 and T > 0 are required."""
    with pytest.raises(InputError):
        sigmoid_two_point(sp.Rational(ratio), sp.Integer(start))


def test_the_excluded_alpha_and_floats_are_refused():
    """At alpha = sqrt(2) - 1 the two points coincide; floats are not exact."""
    with pytest.raises(InputError, match="sqrt"):
        sigmoid_two_point(sp.sqrt(2) - 1)
    with pytest.raises(InputError, match="exact"):
        sigmoid_two_point(sp.Float("0.5"))


def test_the_example_of_t12_has_its_published_digits():
    """s = 2, a0 = 3: the start, the limit and the targets."""
    found = sigmoid_one_point()
    assert found.claim.status is Status.ENCLOSED
    trees = (found.claim, found.simple_roots)
    assert all(part.cross_checked for tree in trees for part in tree.walk())
    assert found.start.w.decimal(8) == "0.48168016"
    assert found.limit.w.decimal(12).startswith("1.1748273")
    assert found.limit.a.decimal(12).startswith("3.6910538")
    assert found.samples[0].y.decimal(12).startswith("2.8200259")
    assert found.samples[1].y.decimal(12).startswith("3.369588")
    with mpmath.workdps(40):
        # B solves 3 B² - 4 B - 2 log 2 = 0
        base = (4 + mpmath.sqrt(16 + 24 * mpmath.log(2))) / 6
        assert abs(mp(found.start.w) - mpmath.log(base)) < mpmath.mpf(10) ** -29
        assert abs(mp(found.limit.w) - mpmath.log(2 * base)) < mpmath.mpf(10) ** -29
        assert abs(mp(found.limit.a) ** 2 - 9 - 2 * (mpmath.log(2) + base)) < mpmath.mpf(10) ** -28


@given(
    st.fractions(min_value=Fraction(1, 5), max_value=5, max_denominator=10),
    st.fractions(min_value=-6, max_value=6, max_denominator=5),
)
@settings(max_examples=8, deadline=None)
def test_both_flows_of_t12_end_at_one_point_and_cross(ratio, a0):
    """At random s and a0 the limit lies on both orbits, and the slopes of the solution curves differ."""
    assume(abs(ratio - 1) > Fraction(1, 10) and abs(a0) >= 3)
    found = sigmoid_one_point(sp.Rational(ratio), sp.Rational(a0), digits=12)
    assert found.claim.status is Status.ENCLOSED and found.simple_roots.status is Status.ENCLOSED
    assert all(part.cross_checked for part in found.claim.walk())
    with mpmath.workdps(30):
        w0, a, w, end = (mp(v) for v in (found.start.w, found.start.a, found.limit.w, found.limit.a))
        for x in (1, 2):
            growth = 2 * ((w - w0) * x + mpmath.exp(w * x) - mpmath.exp(w0 * x)) / x**2
            assert abs(end**2 - a**2 - growth) < mpmath.mpf(10) ** -9 * (1 + end**2)
        assert end * a > 0
        assert abs(1 / (1 + mpmath.exp(w)) - 2 / (1 + mpmath.exp(2 * w))) > mpmath.mpf(10) ** -4


def test_wrong_variants_of_t12_are_refuted():
    """Another root of the quadratic, a wrong sign under the root, or a wrong digit of the limit."""
    s = sp.Symbol("s", positive=True)
    other = 2 / (s + 1) * (1 + sp.sqrt(1 - (s + 1) * sp.log(s) / (2 * (s - 1))))
    assert root_claim().status is Status.PROVED
    assert root_claim(root=root_of_s * 2).status is Status.REFUTED
    assert root_claim(root=other).status is not Status.PROVED
    found = sigmoid_one_point()
    right = Fraction(found.limit.a.decimal(25))
    assert stated_digits_claim(found, "a", right, 24).status is Status.ENCLOSED
    assert stated_digits_claim(found, "a", right + Fraction(1, 10**15), 24).status is Status.REFUTED


def test_the_crossing_is_never_degenerate():
    """sB = 1 + sqrt(2) only for s = 1, as a theorem and on a grid."""
    assert degenerate_claim().status is Status.PROVED
    with mpmath.workdps(30):
        for numerator in (1, 5, 9, 11, 15, 30, 300):
            s = mpmath.mpf(numerator) / 10
            roots = mpmath.polyroots([s**2 - 1, -4 * (s - 1), -2 * mpmath.log(s)])
            (base,) = [root for root in roots if mpmath.re(root) > 0]
            assert (s * base - 1 - mpmath.sqrt(2)) * (s - 1) > 0


@pytest.mark.parametrize(("s", "a0"), [(1, 3), (0, 3), (-2, 3), (2, 0)])
def test_degenerate_parameters_of_t12_are_refused(s, a0):
    """s > 0, s ≠ 1 and a0 ≠ 0 are required."""
    with pytest.raises(InputError):
        sigmoid_one_point(sp.Integer(s), sp.Integer(a0))


def test_an_a0_too_small_for_t12_is_refused():
    """For s < 1 the end point needs a0² > 2(B(1-s) - log s)."""
    with pytest.raises(InputError, match="larger modulus"):
        sigmoid_one_point(sp.Rational(1, 3), sp.Rational(1, 2))


@given(st.fractions(min_value=Fraction(1, 1000), max_value=1000), st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_rounding_to_so_many_digits_errs_by_less_than_the_last_place(value, digits):
    """The unit in the last place is a power of ten between |v| 10^-digits and 10 |v| 10^-digits."""
    unit = last_place(value, digits)
    assert value / 10**digits < unit <= 10 * value / 10**digits
