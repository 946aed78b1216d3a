"""A numba type for SIMD vectors: several float32 numbers, one in each lane.

A compiler may or may not turn a loop over lanes into vector instructions, and does not report when
it fails to. Here every value *is* a vector on any processor: LLVM splits vectors that are wider
than the machine's registers. Only ``transpose`` moves numbers between lanes, and each operation
rounds alike in every lane, so that the result of a lane does not depend on its neighbours.
Multiply-adds are fused where the processor can (``contract``); nothing else is reordered.

    @compiled
    def scale(x, factor):
        for i in range(0, x.size, LANES):
            store(x, i, load(x, i, LANES) * factor)
"""

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import (
    intrinsic,
    lower_builtin,
    lower_cast,
    models,
    register_model,
)

_FLAGS = ("contract", "nsz")
_FLOAT, _INT = ir.FloatType(), ir.IntType(32)


class Vector(types.Type):  # type: ignore[misc]
    """The type of a vector of ``width`` float32 numbers."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"float32x{width}")

    def can_convert_from(self, typingctx: Any, other: Any) -> Any:  # noqa: ARG002
        """Convert a single number, which fills every lane."""
        from numba.core.typeconv import Conversion

        return Conversion.promote if isinstance(other, types.Number) else None


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, ir.VectorType(_FLOAT, vector.width))


def _integers(vector: Any) -> Any:
    return ir.VectorType(_INT, vector.count)


def _all(kind: Any, value: Any) -> Any:
    return ir.Constant(kind, [value] * kind.count)


def _fill(builder: Any, scalar: Any, width: int) -> Any:
    """Build a vector with the same float in every lane."""
    vector = ir.VectorType(_FLOAT, width)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.Constant(_INT, 0))
    mask = ir.Constant(ir.VectorType(_INT, width), [0] * width)
    return builder.shuffle_vector(first, first, mask)


@lower_cast(types.Number, Vector)
def _cast(context: Any, builder: Any, kind: Any, vector: Any, value: Any) -> Any:
    scalar = context.cast(builder, value, kind, types.float32)
    return _fill(builder, scalar, vector.width)


class _Arithmetic(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        vectors = [kind for kind in args if isinstance(kind, Vector)]
        others = [kind for kind in args if not isinstance(kind, Vector | types.Number)]
        if kws or others or not vectors or len(set(vectors)) > 1:
            return None
        return signature(vectors[0], *[vectors[0]] * len(args))


def _operation(function: Any, method: str) -> None:
    infer_global(function)(type(f"_{method}", (_Arithmetic,), {}))

    @lower_builtin(function, *[Vector] * (1 if method == "fneg" else 2))
    def _(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        return getattr(builder, method)(*args, flags=_FLAGS)


for _function, _method in (
    (operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"),
    (operator.iadd, "fadd"), (operator.isub, "fsub"), (operator.imul, "fmul"),
    (operator.truediv, "fdiv"), (operator.neg, "fneg"),
):  # fmt: skip
    _operation(_function, _method)


def _place(context: Any, builder: Any, array_type: Any, array: Any, index: Any, vector: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


@intrinsic(prefer_literal=True)
def load(typingctx: Any, array: Any, index: Any, width: Any) -> Any:  # noqa: ARG001
    """Load ``width`` numbers of a flat float32 array from ``index`` on, without a bounds check."""
    vector = Vector(width.literal_value)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        at = context.cast(builder, args[1], sig.args[1], types.intp)
        kind = context.get_value_type(vector)
        return builder.load(_place(context, builder, array, args[0], at, kind), align=4)

    return vector(array, index, width), generate


@intrinsic
def store(typingctx: Any, array: Any, index: Any, value: Any) -> Any:  # noqa: ARG001
    """Store a vector in a flat float32 array from ``index`` on, without a bounds check."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        at = context.cast(builder, args[1], sig.args[1], types.intp)
        place = _place(context, builder, array, args[0], at, args[2].type)
        builder.store(args[2], place, align=4)
        return context.get_dummy_value()

    return types.void(array, index, value), generate


@intrinsic(prefer_literal=True)
def fill(typingctx: Any, value: Any, width: Any) -> Any:  # noqa: ARG001
    """Return a vector of ``width`` lanes that all hold the same number."""
    vector = Vector(width.literal_value)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return context.cast(builder, args[0], sig.args[0], vector)

    return vector(value, width), generate


def _call(builder: Any, name: str, args: Any, flags: Any = ()) -> Any:
    """Call an LLVM intrinsic that exists for vectors of any width."""
    kind = args[0].type
    llvm = f"llvm.{name}.v{kind.count}f32"
    wanted = ir.FunctionType(kind, [kind] * len(args))
    function = builder.module.globals.get(llvm) or ir.Function(builder.module, wanted, llvm)
    return builder.call(function, args, fastmath=flags)


def _unary(name: str, about: str) -> Any:
    def typed(typingctx: Any, x: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
            return _call(builder, name, args)

        return x(x), generate

    typed.__name__, typed.__doc__ = f"v{name}", about
    return intrinsic(typed)


vfloor = _unary("floor", "Round down to a whole number.")
vabs = _unary("fabs", "Absolute value.")
vsqrt = _unary("sqrt", "Square root, correctly rounded.")


def _extreme(name: str, llvm: str, about: str) -> Any:
    def typed(typingctx: Any, x: Any, y: Any) -> Any:  # noqa: ARG001
        vector = x if isinstance(x, Vector) else y

        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
            # nnan: processors and LLVM differ in what the minimum of a number and NaN is.
            return _call(builder, llvm, args, ("nnan", "nsz"))

        return vector(vector, vector), generate

    typed.__name__, typed.__doc__ = name, about
    return intrinsic(typed)


vmin = _extreme("vmin", "minnum", "The smaller number in each lane; unspecified for NaN.")
vmax = _extreme("vmax", "maxnum", "The larger number in each lane; unspecified for NaN.")


@intrinsic
def flip(typingctx: Any, x: Any, sign: Any) -> Any:  # noqa: ARG001
    """Return ``x`` with its sign changed in the lanes where ``sign`` is negative."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        kind = _integers(args[0].type)
        value, sign = (builder.bitcast(arg, kind) for arg in args)
        signed = builder.and_(sign, _all(kind, -(2**31)))
        return builder.bitcast(builder.xor(value, signed), args[0].type)

    return x(x, x), generate


@intrinsic
def if_less(typingctx: Any, x: Any, y: Any, then: Any, otherwise: Any) -> Any:  # noqa: ARG001
    """Select, lane by lane, ``then`` where ``x < y`` and else ``otherwise``."""
    vector = next(kind for kind in (x, y, then, otherwise) if isinstance(kind, Vector))

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[2], args[3])

    return vector(vector, vector, vector, vector), generate


@intrinsic
def power_of_two(typingctx: Any, whole: Any) -> Any:  # noqa: ARG001
    """Return 2 to the power of whole numbers from -126 to 127, exactly; any number otherwise."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        kind = _integers(args[0].type)
        exponent = builder.add(builder.fptosi(args[0], kind), _all(kind, 127))
        return builder.bitcast(builder.shl(exponent, _all(kind, 23)), args[0].type)

    return whole(whole), generate


@intrinsic
def exponent_and_rest(typingctx: Any, x: Any) -> Any:  # noqa: ARG001
    """Split normal positive numbers into e and f: 2^e · (1 + f) with √½ ≤ 1 + f < √2."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = args[0].type
        kind = _integers(vector)
        bits = builder.bitcast(args[0], kind)
        shift = _all(kind, 23)
        # The bits of √½: numbers above it belong to the next power of two.
        exponent = builder.ashr(builder.sub(bits, _all(kind, 0x3F3504F3)), shift)
        rest = builder.bitcast(builder.sub(bits, builder.shl(exponent, shift)), vector)
        pair = builder.sitofp(exponent, vector), builder.fsub(rest, _all(vector, 1.0))
        return context.make_tuple(builder, sig.return_type, pair)

    return types.UniTuple(x, 2)(x), generate


# Three rounds transpose eight rows of eight: rows that are one, two and four apart are merged by
# shuffles that are single instructions (Intel's unpack, shuffle and permute).
_ROUNDS = (
    ((0, 8, 1, 9, 4, 12, 5, 13), (2, 10, 3, 11, 6, 14, 7, 15)),
    ((0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15)),
    ((0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15)),
)


def _transposed(builder: Any, rows: list[Any]) -> list[Any]:
    """Transpose eight vectors of eight lanes."""
    for apart, masks in zip((1, 2, 4), _ROUNDS, strict=True):
        low, high = (ir.Constant(ir.VectorType(_INT, 8), list(mask)) for mask in masks)
        merged = list(rows)
        for i in range(8):
            if not i & apart:
                pair = rows[i], rows[i + apart]
                merged[i] = builder.shuffle_vector(*pair, low)
                merged[i + apart] = builder.shuffle_vector(*pair, high)
        rows = merged
    # Unpack and shuffle leave lanes 0, 2, 1, 3 of each half in rows 0, 1, 2, 3.
    return [rows[i] for i in (0, 2, 1, 3, 4, 6, 5, 7)]


@intrinsic
def transpose(
    typingctx: Any,  # noqa: ARG001
    source: Any,
    at: Any,
    step: Any,
    target: Any,
    to: Any,
    stride: Any,
) -> Any:
    """Transpose sixteen vectors of sixteen lanes in registers.

    Vector ``i`` is read from ``source[at + i·step]`` on, and lane ``i`` of all vectors is written
    from ``target[to + i·stride]`` on. As plain loops this took a fifth of a whole render.
    """

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = ir.VectorType(_FLOAT, 8)
        at, step, to, stride = (
            context.cast(builder, args[i], sig.args[i], types.intp) for i in (1, 2, 4, 5)
        )

        def place(kind: Any, array: Any, base: Any, distance: Any, row: int, lane: int) -> Any:
            index = builder.add(base, builder.mul(distance, ir.Constant(distance.type, row)))
            index = builder.add(index, ir.Constant(index.type, lane))
            return _place(context, builder, kind, array, index, vector)

        for down in (0, 8):
            for across in (0, 8):
                places = [place(source, args[0], at, step, down + i, across) for i in range(8)]
                rows = _transposed(builder, [builder.load(one, align=4) for one in places])
                for i, row in enumerate(rows):
                    to_row = place(target, args[3], to, stride, across + i, down)
                    builder.store(row, to_row, align=4)
        return context.get_dummy_value()

    return types.void(source, at, step, target, to, stride), generate
