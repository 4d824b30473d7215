"""The arguments that Vowpal Wabbit may get: none reads or writes files, or listens."""

import re
import shlex

from bramka.catalogue._languages import words_in
from bramka.domain.learning.module_error import ModuleError

ARGUMENTS = "VW arguments"
_FLAGS = words_in(
    """
--adaptive --binary --coin --freegrad --ftrl --holdout_off --invariant --noconstant
--normalized --pistol --sgd
"""
)
_VALUED = words_in(
    """
-b --bit_precision -l --learning_rate --power_t --initial_t --l1 --l2 -q --quadratic
--cubic --interactions --ngram --skips --passes --hash --hash_seed --random_seed
--loss_function --quantile_tau --oaa --ect --nn --ftrl_alpha --ftrl_beta --ignore
--keep --link --affix --spelling --min_prediction --max_prediction
--decay_learning_rate -C --constant --boosting --lrq
"""
)
_VALUE = re.compile(r"[\w.,:+-]+")
_MOST_BITS, _MOST_PASSES = 28, 1_000


def options_of(text: str) -> tuple[list[str], int]:
    """The arguments, and how often the lines are passed; Error 0002 for others.

    None that reads or writes files, listens, or runs without end is known.
    """
    try:
        words = shlex.split(text.replace("=", " "))
    except ValueError as error:
        raise _unknown(text, str(error)) from None
    given: list[str] = []
    passes = 1
    rest = iter(words)
    for word in rest:
        if word in _FLAGS:
            given.append(word)
            continue
        if word not in _VALUED:
            raise _unknown(word, "this argument is not among those allowed")
        value = next(rest, "")
        if not _VALUE.fullmatch(value):
            raise _unknown(word, f'its value "{value}" is not one')
        if word == "--passes":
            passes = _within(word, value, _MOST_PASSES)
        else:
            if word in ("-b", "--bit_precision"):
                _within(word, value, _MOST_BITS)
            given += [word, value]
    return given, passes


def _within(word: str, value: str, most: int) -> int:
    if not value.isdigit() or not 1 <= int(value) <= most:
        raise _unknown(word, f"its value should be in the range of [1, {most}]")
    return int(value)


def _unknown(word: str, why: str) -> ModuleError:
    return ModuleError(2, f'Failed to parse "{ARGUMENTS}" parameter: {word}: {why}.')
