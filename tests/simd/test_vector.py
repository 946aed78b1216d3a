import numpy as np
import pytest

from simd import LANES
from simd.compiled import compiled
from simd.vector import (
    exponent_and_rest,
    fill,
    flip,
    if_less,
    load,
    power_of_two,
    store,
    transpose,
    vabs,
    vfloor,
    vmax,
    vmin,
    vsqrt,
)

RANDOM = np.random.default_rng(11)
X, Y = RANDOM.uniform(-9, 9, (2, 4 * LANES)).astype(np.float32)
X[:3] = 0, -1, 2


def applied(function):
    """Apply a function of two vectors all along X and Y."""
    operation = compiled(function)

    @compiled
    def along(x, y, out):
        for i in range(0, x.size, LANES):
            store(out, i, operation(load(x, i, LANES), load(y, i, LANES)))

    out = np.empty_like(X)
    along(X, Y, out)
    return out


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (lambda x, y: x + y, X + Y),
        (lambda x, y: x - y, X - Y),
        (lambda x, y: x * y, X * Y),
        (lambda x, y: x / y, X / Y),
        (lambda x, y: -x + 2 * y, -X + 2 * Y),
        (lambda x, y: vmin(x, y) * np.float32(1), np.minimum(X, Y)),
        (lambda x, y: vmax(np.float32(0), x), np.maximum(X, 0)),
        (lambda x, y: vabs(x), np.abs(X)),
        (lambda x, y: vfloor(x), np.floor(X)),
        (lambda x, y: vsqrt(vabs(x)), np.sqrt(np.abs(X))),
        (lambda x, y: flip(x, y) * np.float32(1), np.where(Y < 0, -X, X)),
        (lambda x, y: if_less(x, y, x, np.float32(7)), np.where(X < Y, X, np.float32(7))),
        (lambda x, y: power_of_two(vfloor(x)), 2 ** np.floor(X)),
        (lambda x, y: fill(np.float32(3), LANES) + x * np.float32(0), 0 * X + 3),
    ],
)
def test_an_operation_is_numpys_in_every_lane(function, wanted):
    np.testing.assert_allclose(applied(function), wanted, rtol=2e-7)


def test_a_product_that_is_added_may_be_fused_but_in_every_lane_alike():
    x, y = X.copy(), Y.copy()
    X[:], Y[:] = x[5], y[5]
    try:
        found = applied(lambda a, b: a * b + b)
    finally:
        X[:], Y[:] = x, y
    assert len(np.unique(found)) == 1


def test_exponent_and_rest_make_the_number():
    exponents = applied(lambda x, y: exponent_and_rest(vabs(x) + np.float32(0.1))[0])
    rests = applied(lambda x, y: exponent_and_rest(vabs(x) + np.float32(0.1))[1])
    np.testing.assert_allclose(2.0**exponents * (1 + rests), np.abs(X) + 0.1, rtol=3e-7)
    assert (rests >= np.sqrt(0.5) - 1).all()
    assert (rests < np.sqrt(2) - 1).all()


@pytest.mark.parametrize(("step", "stride"), [(16, 16), (40, 19)])
def test_transpose(step, stride):
    @compiled
    def turned(source, target):
        transpose(source, 3, step, target, 5, stride)

    source = np.arange(3 + 16 * step, dtype=np.float32)
    target = np.full(5 + 16 * stride, -1, dtype=np.float32)
    turned(source, target)
    rows = [source[3 + i * step :][:16] for i in range(16)]
    columns = np.array([target[5 + i * stride :][:16] for i in range(16)])
    np.testing.assert_array_equal(columns, np.transpose(rows))
    assert (target[:5] == -1).all()


def test_vectors_of_two_widths_do_not_meet():
    @compiled
    def mixed(x):
        store(x, 0, load(x, 0, 8) + load(x, 0, 16))

    with pytest.raises(Exception, match=r"(?s)float32x8.*float32x16"):
        mixed(X.copy())
