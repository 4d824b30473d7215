"""Functions of one and of two numbers, over whole columns; what has no value is NaN."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bramka.catalogue._libraries import special

Numbers = NDArray[np.float64]
One = Callable[[Numbers], NDArray[np.generic]]
Two = Callable[[Numbers, Numbers], NDArray[np.generic]]

_HALF = 0.5


def _of_scipy(name: str) -> Callable[..., Numbers]:
    """A function of SciPy's, which is loaded when it is first called."""

    def call(*numbers: Numbers) -> Numbers:
        found: Numbers = getattr(special, name)(*numbers)
        return found

    return call


def _factorial(x: Numbers) -> Numbers:
    whole = np.trunc(x)
    found: Numbers = np.where(whole > 170, np.inf, special.gamma(whole + 1))
    return np.where(x < 0, np.nan, np.rint(found))


def _double_factorial(x: Numbers) -> Numbers:
    """n!! = 2^(n/2) Γ(n/2+1) √(2/π)^(n odd)."""
    whole = np.trunc(x)
    odd = np.mod(whole, 2)
    found = np.exp2(whole / 2) * special.gamma(whole / 2 + 1) * (2 / np.pi) ** (odd / 2)
    return np.where(x < 0, np.nan, np.rint(found))


def _ein(x: Numbers) -> Numbers:
    """The entire exponential integral, Ein(x) = E1(x) + ln x + γ."""
    near = np.abs(x) < 1e-6
    safe = np.where(near, 1.0, x)
    positive = special.exp1(np.abs(safe)) + np.log(np.abs(safe)) + np.euler_gamma
    negative = -special.expi(np.abs(safe)) + np.log(np.abs(safe)) + np.euler_gamma
    found: Numbers = np.where(safe > 0, positive, negative)
    return np.where(near, x - x * x / 4, found)


def _degrees(function: One) -> One:
    """The same function of an angle in degrees."""
    return lambda x: function(np.radians(x))


def _in_degrees(function: One) -> One:
    """The same inverse function, whose angle is told in degrees."""
    return lambda x: np.degrees(function(x))


def _inverse(function: One) -> One:
    """The inverse of a reciprocal: arcsec x = arccos(1/x)."""
    return lambda x: function(1.0 / x)


def _sign(x: Numbers) -> Numbers:
    return np.sign(x)


def _to_even(x: Numbers) -> Numbers:
    return np.rint(x / 2) * 2


def _to_odd(x: Numbers) -> Numbers:
    return np.floor(x / 2) * 2 + 1


def _ceiling_power_2(x: Numbers) -> Numbers:
    """The least power of 2 that is no smaller."""
    return np.where(x > 0, np.exp2(np.ceil(np.log2(x))), np.where(x == 0, 0.0, np.nan))


BASIC: dict[str, One] = {
    "Abs": np.abs,
    "Conj": np.positive,
    "Cuberoot": np.cbrt,
    "DoubleFactorial": _double_factorial,
    "Eps": np.spacing,
    "Exp": np.exp,
    "ExpMinus1": np.expm1,
    "Factorial": _factorial,
    "ImaginaryPart": np.zeros_like,
    "Ln": np.log,
    "LnPlus1": np.log1p,
    "Log10": np.log10,
    "Log2": np.log2,
    "RealPart": np.positive,
    "Sqrt": np.sqrt,
    "SqrtPi": lambda x: np.sqrt(x * np.pi),
    "Square": np.square,
}
ROUNDING: dict[str, One] = {
    "CeilingPower2": _ceiling_power_2,
    "ToEven": _to_even,
    "ToOdd": _to_odd,
}
SPECIAL: dict[str, One] = {
    "EllipticIntegralE": lambda x: np.where(x < 0, np.nan, special.ellipe(x)),
    "EllipticIntegralK": lambda x: np.where(x < 0, np.nan, special.ellipk(x)),
    "Erf": _of_scipy("erf"),
    "Erfc": _of_scipy("erfc"),
    "ErfcScaled": _of_scipy("erfcx"),
    "ErfInverse": _of_scipy("erfinv"),
    "ExponentialIntegralEin": _ein,
    "Gamma": _of_scipy("gamma"),
    "GammaLn": lambda x: np.where(x < 0, np.nan, special.gammaln(x)),
}
_ROUND: dict[str, One] = {
    "Sin": np.sin,
    "Cos": np.cos,
    "Tan": np.tan,
    "Sec": lambda x: 1 / np.cos(x),
    "Csc": lambda x: 1 / np.sin(x),
    "Cot": lambda x: 1 / np.tan(x),
}
_BACK: dict[str, One] = {
    "Asin": np.arcsin,
    "Acos": np.arccos,
    "Atan": np.arctan,
    "Asec": _inverse(np.arccos),
    "Acsc": _inverse(np.arcsin),
    "Acot": _inverse(np.arctan),
}
TRIGONOMETRIC: dict[str, One] = {
    **_ROUND,
    **{f"{name}Degrees": _degrees(each) for name, each in _ROUND.items()},
    **_BACK,
    **{f"{name}Degrees": _in_degrees(each) for name, each in _BACK.items()},
    "Sinh": np.sinh,
    "Cosh": np.cosh,
    "Tanh": np.tanh,
    "Sech": lambda x: 1 / np.cosh(x),
    "Csch": lambda x: 1 / np.sinh(x),
    "Coth": lambda x: 1 / np.tanh(x),
    "Asinh": np.arcsinh,
    "Acosh": np.arccosh,
    "Atanh": np.arctanh,
    "Asech": _inverse(np.arccosh),
    "Acsch": _inverse(np.arcsinh),
    "Acoth": _inverse(np.arctanh),
    "Arg": lambda x: np.where(x < 0, np.pi, np.where(x >= 0, 0.0, np.nan)),
    "Cis": np.cos,
    "DegreesToRadians": np.radians,
    "RadiansToDegrees": np.degrees,
    "Sign": _sign,
    "Sinc": np.sinc,
}


def _quotient(x: Numbers, y: Numbers) -> Numbers:
    return np.trunc(x / y)


def _log(x: Numbers, base: Numbers) -> Numbers:
    fits = (base > 0) & (base != 1)
    return np.where(fits, np.log(x) / np.log(base), np.nan)


def _round_half_away(x: Numbers, digits: Numbers) -> Numbers:
    tens = 10.0 ** np.trunc(digits)
    return np.trunc(x * tens + np.copysign(_HALF, x)) / tens


def _round_away(x: Numbers, digits: Numbers) -> Numbers:
    tens = 10.0 ** np.trunc(digits)
    return np.copysign(np.ceil(np.abs(x) * tens) / tens, x)


def _round_towards(x: Numbers, digits: Numbers) -> Numbers:
    tens = 10.0 ** np.trunc(digits)
    return np.trunc(x * tens) / tens


def _ceiling(x: Numbers, step: Numbers) -> Numbers:
    """The next multiple above; of 0 it is 0, as spreadsheets say."""
    found = np.where(step == 0, 0.0, np.ceil(x / step) * step)
    return np.where((x > 0) & (step < 0), np.nan, found)


def _floor(x: Numbers, step: Numbers) -> Numbers:
    return np.where((x > 0) & (step < 0), np.nan, np.floor(x / step) * step)


def _to_multiple(x: Numbers, step: Numbers) -> Numbers:
    found = np.where(step == 0, 0.0, np.floor(x / step + _HALF) * step)
    return np.where(step < 0, np.nan, found)


def _polygamma(x: Numbers, order: Numbers) -> Numbers:
    fits = (order >= 0) & (order == np.trunc(order))
    found: Numbers = special.polygamma(np.where(fits, order, 0), x)
    return np.where(fits, found, np.nan)


BASIC_OF_TWO: dict[str, Two] = {
    "Atan2": np.arctan2,
    "Exp2": lambda x, y: np.exp2(x) * y,
    "Hypotenuse": np.hypot,
    "Log": _log,
    "NthRoot": lambda x, y: np.power(x, 1 / y),
    "Pow": np.power,
}
COMPARE: dict[str, Two] = {
    "EqualTo": np.equal,
    "GreaterThan": np.greater,
    "GreaterThanOrEqualTo": np.greater_equal,
    "LessThan": np.less,
    "LessThanOrEqualTo": np.less_equal,
    "NotEqualTo": np.not_equal,
    "PairMax": np.maximum,
    "PairMin": np.minimum,
}
OPERATIONS: dict[str, Two] = {
    "Add": np.add,
    "Divide": lambda x, y: np.where(y == 0, np.inf, x / y),
    "Multiply": np.multiply,
    "Subtract": np.subtract,
}
ROUNDING_OF_TWO: dict[str, Two] = {
    "Ceiling": _ceiling,
    "Floor": _floor,
    "Mod": np.mod,
    "Quotient": _quotient,
    "Remainder": np.fmod,
    "RoundDigits": _round_half_away,
    "RoundDown": _round_towards,
    "RoundUp": _round_away,
    "ToMultiple": _to_multiple,
    "Truncate": _round_towards,
}
SPECIAL_OF_TWO: dict[str, Two] = {
    "Beta": _of_scipy("beta"),
    "BetaLn": _of_scipy("betaln"),
    "GammaRegularizedP": _of_scipy("gammainc"),
    "GammaRegularizedPInverse": _of_scipy("gammaincinv"),
    "GammaRegularizedQ": _of_scipy("gammaincc"),
    "GammaRegularizedQInverse": _of_scipy("gammainccinv"),
    "Polygamma": _polygamma,
}
OF_ONE = BASIC | ROUNDING | SPECIAL | TRIGONOMETRIC
OF_TWO = BASIC_OF_TWO | COMPARE | OPERATIONS | ROUNDING_OF_TWO | SPECIAL_OF_TWO
