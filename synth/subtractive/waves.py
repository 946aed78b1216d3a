"""Formulas of the voice on vectors: anti-aliased waves and powers of two.

Sources: four-point B-spline BLEP and BLAMP, Välimäki, Pekonen & Nam (2012) and Esqueda, Välimäki &
Bilbao (2016).
"""

import numpy as np

from simd.compiled import inlined
from simd.vector import flip, power_of_two, vabs, vfloor, vmax, vmin

_f = np.float32
_0, _1, _2, _HALF, _QUARTER = _f(0), _f(1), _f(2), _f(0.5), _f(0.25)
# Scales of the two terms of the B-spline residuals, 2/24·(2 - u)⁴ and -8/24·(1 - u)⁴ of the BLEP,
# 8/120·(2 - u)⁵ and -32/120·(1 - u)⁵ of the BLAMP, moved under the power.
_BLEP2, _BLEP1 = _f((2 / 24) ** (1 / 4)), _f((8 / 24) ** (1 / 4))
_BLAMP2, _BLAMP1 = _f((8 / 120) ** (1 / 5)), _f((32 / 120) ** (1 / 5))
_S0, _S1, _S2, _S3 = _f(6.28318054), _f(-41.3392539), _f(81.4083366), _f(-71.6111943)
# 2^0 is exactly 1, so that an envelope is exactly 0 before its note.
_E1, _E2, _E3, _E4, _E5 = (
    _f(c) for c in (0.693151739, 0.240159271, 0.0558186759, 0.00899099507, 0.00187931867)
)


@inlined
def exp2(x):
    """Return 2^x for x in [-126, 127], with a relative error below 2e-7."""
    whole = vfloor(x)
    p = x - whole
    y = _1 + p * (_E1 + p * (_E2 + p * (_E3 + p * (_E4 + p * _E5))))
    return y * power_of_two(whole)


@inlined
def quarter_sine(t):
    """Return sin(2πt) for t in [-0.25, 0.25] cycles, with an error below 1.5e-6 (-116 dB)."""
    s = t * t
    return t * (_S0 + s * (_S1 + s * (_S2 + s * _S3)))


@inlined
def wrap(p):
    """Return the signed distance from the nearest whole cycle, in [-0.5, 0.5] cycles."""
    return p - vfloor(p + _HALF)


@inlined
def sine(p):
    """Return sin(2πp) for any p in cycles."""
    return quarter_sine(vabs(wrap(p - _f(0.75))) - _QUARTER)


@inlined
def saw(d, per_step):
    """Return a falling saw ``d`` cycles from its jump; ``per_step`` is samples a cycle."""
    u = vabs(d) * per_step
    a = vmax(_2 * _BLEP2 - _BLEP2 * u, _0)
    b = vmax(_BLEP1 - _BLEP1 * u, _0)
    a *= a
    b *= b
    return flip(_1 - (a * a - b * b), d) - _2 * d


@inlined
def triangle(t, width, per_step):
    """Return a triangle, which is 4t at ``t`` cycles, -0.25 to 0.25, from its middle.

    The nearer corner is rounded by the B-spline BLAMP residual, for ``width`` cycles a sample.
    """
    u = (_QUARTER - vabs(t)) * per_step
    a = vmax(_2 * _BLAMP2 - _BLAMP2 * u, _0)
    b = vmax(_BLAMP1 - _BLAMP1 * u, _0)
    a2 = a * a
    b2 = b * b
    return _f(4) * t - flip(width * (a2 * a2 * a - b2 * b2 * b), t)


@inlined
def clamp(x):
    """Return ``x`` clipped to [0, 1]."""
    return vmin(vmax(x, _0), _1)
