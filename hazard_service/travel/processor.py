"""Two instructions of the processor that numba has no word for."""

from collections.abc import Callable
from typing import Any, Final, cast

import numba
from llvmlite import ir
from numba.extending import intrinsic
from numpy.typing import NDArray


def _fetch_ahead(_: Any, array: Any, index: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, given[0]).data
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        place = builder.bitcast(builder.gep(data, [given[1]]), byte)
        builder.call(fetch, [place, number(0), number(3), number(1)])  # to read, soon, data
        return context.get_dummy_value()

    return numba.types.void(array, index), code


def _lowest_bit(_: Any, bits: Any) -> Any:
    def code(_: Any, builder: Any, __: Any, given: Any) -> Any:
        return builder.cttz(given[0], ir.IntType(1)(True))

    return numba.types.int64(numba.types.int64), code


# Ask for an element's memory before it is needed. A hint: nothing is read, and any index is allowed.
fetch_ahead: Final = cast(Callable[[NDArray[Any], Any], None], intrinsic(_fetch_ahead))

# Number of the lowest set bit of an int64 above 0.
lowest_bit: Final = cast(Callable[[Any], int], intrinsic(_lowest_bit))
