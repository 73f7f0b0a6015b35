"""Arithmetic, which models are bad at. No Python is evaluated, and the size of numbers and expressions is limited."""

import ast
import math
import operator
from collections.abc import Callable

from assistant_transport.assistants.tools.errors import ToolError

Number = int | float

_LONGEST = 500  # characters
_MOST_BITS = 4096  # of a whole number: some 1200 digits
_MOST_DIGITS = 300  # to round to

_BINARY: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: dict[type[ast.unaryop], Callable[[Number], Number]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_FUNCTIONS: dict[str, Callable[..., Number]] = {
    name: getattr(math, name)
    for name in ("sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "floor", "ceil")
} | {"abs": abs, "min": min, "max": max}
_CONSTANTS = {"pi": math.pi, "e": math.e}


async def calculate(expression: str) -> str:
    """Calculates an arithmetic expression and returns the number.

    Args:
        expression: Numbers with + - * / // % ** and parentheses, the constants pi and e, and the functions
            sqrt, exp, log, log2, log10, sin, cos, tan, asin, acos, atan, floor, ceil, abs, min, max, round.
    """
    if len(expression) > _LONGEST:
        raise ToolError(f"The expression is longer than {_LONGEST} characters.")
    try:
        number = _value(ast.parse(expression.strip(), mode="eval").body)
    except ZeroDivisionError:
        raise ToolError("That divides by zero.") from None
    except OverflowError:
        raise ToolError("The number is too large.") from None
    except (SyntaxError, MemoryError, RecursionError):
        raise ToolError("That is not an arithmetic expression.") from None
    except (ValueError, TypeError):
        raise ToolError("That is not defined for these numbers.") from None
    return str(number)


def _value(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _checked(value)
        case ast.Name(id=name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_value(operand))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _checked(_power(_value(left), _value(right)))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _checked(_BINARY[type(op)](_value(left), _value(right)))
        case ast.Call(func=ast.Name(id="round"), args=[number, *digits], keywords=[]) if len(digits) < 2:
            return _checked(_rounded(_value(number), *map(_value, digits)))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _checked(_FUNCTIONS[name](*map(_value, args)))
    raise ToolError("That is not an arithmetic expression.")


def _power(base: Number, exponent: Number) -> Number:
    # The size of the result is estimated first, for calculating a huge one would block the process.
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent > _MOST_BITS:
        raise OverflowError
    power: Number | complex = base**exponent
    if isinstance(power, complex):
        raise ValueError
    return power


def _rounded(number: Number, digits: Number = 0) -> Number:
    if not isinstance(digits, int) or abs(digits) > _MOST_DIGITS:
        raise ValueError  # Python would calculate 10 to that power
    return round(number, digits) if digits else round(number)


def _checked(number: Number) -> Number:
    if isinstance(number, int):
        if number.bit_length() > _MOST_BITS:
            raise OverflowError
    elif not math.isfinite(number):
        raise OverflowError
    return number
