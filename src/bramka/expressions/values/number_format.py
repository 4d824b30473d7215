"""Numbers as .NET writes them in the invariant culture: standard and custom formats."""

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal

from bramka.expressions.failures import Thrown
from bramka.expressions.meter import room_for_text
from bramka.expressions.values.custom_number import custom
from bramka.expressions.values.plain import Boxed, Single, single_of

_STANDARD = re.compile(r"([A-Za-z])(\d{0,9})")
_WIDE = Context(prec=1200, rounding=ROUND_HALF_UP)
Number = int | float | Decimal


def format_number(number: Number, pattern: str | None) -> str:
    """`number.ToString(pattern)`."""
    if isinstance(number, float) and not math.isfinite(number):
        return _special(number)
    if not pattern:
        return general(number)
    found = _STANDARD.fullmatch(pattern)
    if found is None:
        return custom(exact(number), pattern)
    letter, digits = found[1].upper(), int(found[2]) if found[2] else None
    if digits:
        room_for_text(digits)
    writer = _WRITERS.get(letter)
    if writer is None:
        raise Thrown("FormatException", "Format specifier was invalid.")
    text = writer(number, digits)
    return text.lower() if found[1] == "x" else _exponent_case(text, found[1])


def _exponent_case(text: str, letter: str) -> str:
    return text.replace("E", "e") if letter in "eg" else text


def exact(number: Number) -> Decimal:
    """The number with all its digits; a float as the digits that tell it apart."""
    return Decimal(number)


def _special(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def general(number: Number) -> str:
    """`ToString()`: the shortest text that reads back as the same number."""
    if isinstance(number, bool | int):
        return str(int(number))
    if isinstance(number, Decimal):
        return f"{number:f}"
    if isinstance(number, Single):
        return _shortest(_single_digits(number), 7)
    if not math.isfinite(number):
        return _special(number)
    return _shortest(repr(float(number)), 15)


def _single_digits(number: Single) -> str:
    """The fewest digits that round to the same 32-bit number."""
    for digits in range(1, 10):
        text = f"{float(number):.{digits}g}"
        if single_of(float(text)) == number:
            return repr(float(text))
    return repr(float(number))


def _shortest(text: str, switch: int) -> str:
    """Python's shortest digits in .NET's notation, scientific from 1E+15 on."""
    sign, digits, exponent = _digits_of(text)
    if not digits.strip("0"):
        return f"{sign}0"
    if exponent >= max(switch, len(digits)) or exponent < -4:
        head = digits[0] + (f".{digits[1:]}" if digits[1:] else "")
        return f"{sign}{head}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    rest = digits[exponent + 1 :]
    return f"{sign}{whole}{'.' + rest if rest else ''}"


def _digits_of(text: str) -> tuple[str, str, int]:
    """Sign, digits without leading or trailing zeros, exponent of the first."""
    number = Decimal(text)
    sign = "-" if number.is_signed() else ""
    digits = "".join(map(str, number.as_tuple().digits)).lstrip("0") or "0"
    exponent = number.adjusted()
    return sign, digits.rstrip("0") or "0", exponent


def rounded(number: Decimal, places: int) -> Decimal:
    """Half away from zero, as .NET formats."""
    return number.quantize(Decimal(1).scaleb(-places), context=_WIDE)


def grouped(digits: str) -> str:
    """`1234567` as `1,234,567`."""
    head = len(digits) % 3
    parts = [digits[:head]] if head else []
    parts += [digits[at : at + 3] for at in range(head, len(digits), 3)]
    return ",".join(parts)


def fixed(number: Decimal, places: int) -> tuple[bool, str, str]:
    """Whether negative, digits before and after the point."""
    places_held = min(places, 1100)
    text = f"{rounded(abs(number), places_held):f}"
    whole, _, rest = text.partition(".")
    negative = number.is_signed() and bool(text.strip("0."))
    return negative, whole, rest.ljust(places, "0") if places else ""


def _join(whole: str, rest: str) -> str:
    return f"{whole}.{rest}" if rest else whole


def _fixed(number: Number, digits: int | None) -> str:
    value = exact(number)
    negative, whole, rest = fixed(value, 2 if digits is None else digits)
    return ("-" if negative else "") + _join(whole, rest)


def _number(number: Number, digits: int | None) -> str:
    negative, whole, rest = fixed(exact(number), 2 if digits is None else digits)
    return ("-" if negative else "") + _join(grouped(whole), rest)


def _currency(number: Number, digits: int | None) -> str:
    negative, whole, rest = fixed(exact(number), 2 if digits is None else digits)
    text = f"¤{_join(grouped(whole), rest)}"
    return f"({text})" if negative else text


def _percent(number: Number, digits: int | None) -> str:
    value = exact(number).scaleb(2, context=_WIDE)
    negative, whole, rest = fixed(value, 2 if digits is None else digits)
    return ("-" if negative else "") + f"{_join(grouped(whole), rest)} %"


def _scientific(number: Number, digits: int | None) -> str:
    places = 6 if digits is None else digits
    return _scientific_text(exact(number), places, 3)


def _scientific_text(value: Decimal, places: int, width: int) -> str:
    if not value:
        head, exponent = _join("0", "0" * places), 0
    else:
        cut = Context(prec=min(places, 1100) + 1, rounding=ROUND_HALF_UP).plus(
            abs(value)
        )
        digits = "".join(map(str, cut.as_tuple().digits)).ljust(places + 1, "0")
        head, exponent = _join(digits[0], digits[1 : places + 1]), cut.adjusted()
    sign = "-" if value.is_signed() and value else ""
    mark = "-" if exponent < 0 else "+"
    return f"{sign}{head}E{mark}{abs(exponent):0{width}d}"


def _whole(number: Number) -> int:
    if not isinstance(number, int):
        raise Thrown("FormatException", "Format specifier was invalid.")
    return number


def _decimal(number: Number, digits: int | None) -> str:
    value = _whole(number)
    return ("-" if value < 0 else "") + str(abs(value)).zfill(digits or 1)


def _hexadecimal(number: Number, digits: int | None) -> str:
    return f"{_bits(_whole(number)):X}".zfill(digits or 1)


def _bits(value: int) -> int:
    """A negative number as the bits of its type; unboxed, of its 32 or 64."""
    if value >= 0:
        return value
    usual = 32 if value >= -(1 << 31) else 64
    return value + (
        1 << (_SIZES.get(value.kind, 64) if isinstance(value, Boxed) else usual)
    )


_SIZES = {"sbyte": 8, "short": 16}


def _binary(number: Number, digits: int | None) -> str:
    return f"{_bits(_whole(number)):b}".zfill(digits or 1)


def _general(number: Number, digits: int | None) -> str:
    if not digits:
        return general(number)
    value = exact(number)
    if not value:
        return "0"
    cut = Context(prec=min(digits, 1100), rounding=ROUND_HALF_UP).plus(value)
    exponent = cut.adjusted()
    if -5 < exponent < digits:
        text = f"{cut:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    sign, shown, _ = _digits_of(str(cut))
    head = _join(shown[0], shown[1:])
    return f"{sign}{head}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _round_trip(number: Number, _: int | None) -> str:
    return general(number)


_WRITERS = {
    "B": _binary,
    "C": _currency,
    "D": _decimal,
    "E": _scientific,
    "F": _fixed,
    "G": _general,
    "N": _number,
    "P": _percent,
    "R": _round_trip,
    "X": _hexadecimal,
}
