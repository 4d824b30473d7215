import numpy as np
import polars as pl
import pytest
from scipy import ndimage, signal

from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Table

APPLY = shelf().find("Apply Filter")
WAVE = np.sin(np.arange(200) / 3) + np.random.default_rng(4).normal(0, 0.2, 200)


def made(kind: str, **settings: str) -> Learnt:
    module = shelf().find(f"{kind} Filter")
    named = {name.replace("_", " "): value for name, value in settings.items()}
    learnt = module.apply({}, module.settle(named))["Filter"]
    assert isinstance(learnt, Learnt)
    return learnt


def filtered(kind: str, values: np.ndarray = WAVE, **settings: str) -> np.ndarray:
    table = Table.of(pl.DataFrame({"x": values}))
    result = APPLY.apply(
        {"Filter": made(kind, **settings), "Dataset": table}, APPLY.settle({})
    )["Results dataset"]
    assert isinstance(result, Table)
    return result.frame["x"].to_numpy()


@pytest.mark.parametrize(
    ("type_", "cut", "order"),
    [
        ("LowPass", 0.3, 7),
        ("HighPass", 0.7, 8),
        ("BandPass", [0.3, 0.7], 7),
        ("BandStop", [0.3, 0.7], 8),
    ],
)
@pytest.mark.parametrize("window", ["Hamming", "Blackman", "Rectangular", "Triangular"])
def test_fir_filters_are_those_of_scipy(
    type_: str, cut: float | list[float], order: int, window: str
) -> None:
    names = {"Rectangular": "boxcar", "Triangular": "triang"}
    taps = signal.firwin(
        order + 1,
        cut,
        window=names.get(window, window.lower()),
        pass_zero=type_.lower(),
    )
    found = filtered("FIR", Order="7", Window=window, Filter_type=type_)
    assert found == pytest.approx(signal.lfilter(taps, 1, WAVE))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Butterworth", signal.butter(5, 0.3, output="sos")),
        ("Chebyshev Type 1", signal.cheby1(5, 0.5, 0.3, output="sos")),
        ("Chebyshev Type 2", signal.cheby2(5, 0.5, 0.3, output="sos")),
    ],
)
def test_iir_filters_are_those_of_scipy(kind: str, expected: np.ndarray) -> None:
    found = filtered("IIR", Filter_kind=kind)
    assert found == pytest.approx(signal.sosfilt(expected, WAVE))


def test_bands_and_ripple_have_bounds() -> None:
    with pytest.raises(ModuleError, match=r'Error 0006: .*"Low cutoff"'):
        made("FIR", Filter_type="BandPass", Low_cutoff="0.8")
    with pytest.raises(ModuleError, match=r'Error 0004: .*"Ripple"'):
        made("IIR", Filter_kind="Chebyshev Type 1", Ripple="0")


@pytest.mark.parametrize(("length", "odd"), [("5", 5), ("4", 3), ("1", 1)])
def test_medians_are_those_of_scipy(length: str, odd: int) -> None:
    expected = ndimage.median_filter(WAVE, odd, mode="nearest")
    assert filtered("Median", Length=length) == pytest.approx(expected)


def test_averages_weigh_as_told() -> None:
    series = pl.Series(WAVE)
    simple = series.rolling_mean(4, min_samples=1)
    assert filtered("Moving Average", Length="4") == pytest.approx(simple.to_numpy())
    for type_, weight in (("Exponential Simple", 2 / 5), ("Exponential", 1 / 4)):
        expected = series.ewm_mean(alpha=weight, adjust=False).to_numpy()
        found = filtered("Moving Average", Length="4", Type=type_)
        assert found == pytest.approx(expected)
    so_far = np.cumsum(WAVE) / np.arange(1, 201)
    assert filtered("Moving Average", Type="Cumulative") == pytest.approx(so_far)
    weights = np.convolve(np.ones(3) / 3, np.ones(3) / 3)
    expected = np.convolve(WAVE, weights)[4:200]
    found = filtered("Moving Average", Length="5", Type="Triangular")
    assert found[4:] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "settings", "spoiled"),
    [
        ("FIR", {"Order": "4"}, 5),
        ("Moving Average", {"Length": "3"}, 3),
        ("Moving Average", {"Type": "Exponential"}, 17),
        ("IIR", {}, 17),
        ("Threshold", {}, 1),
        ("Median", {"Length": "3"}, 0),
    ],
)
def test_a_missing_number_reaches_as_far_as_the_filter(
    kind: str, settings: dict[str, str], spoiled: int
) -> None:
    values = np.arange(20.0)
    values[3] = np.nan
    assert np.isnan(filtered(kind, values, **settings)).sum() == spoiled


@pytest.mark.parametrize(
    ("type_", "settings", "expected", "met"),
    [
        ("LessThan", {"Level": "2"}, [2, 2, 5], [1, 1, 0]),
        ("GreaterThan", {"Level": "2"}, [-3, 1, 2], [0, 0, 1]),
        ("MagnitudeLessThan", {"Level": "4"}, [-4, 4, 5], [1, 1, 0]),
        ("MagnitudeLessThan", {"Level": "-4"}, [-3, 1, 5], [0, 0, 0]),
        ("MagnitudeGreaterThan", {"Level": "2"}, [-2, 1, 2], [1, 0, 1]),
        ("InRange", {}, [-1, 1, 1], [0, 1, 0]),
        ("OutOfRange", {}, [-3, 1, 5], [1, 0, 1]),
        ("OutOfRange", {"Upper_boundary": "6"}, [-3, -1, 6], [1, 0, 0]),
        ("InRangeWithStd", {"Alpha": "0.5"}, [-1, 1, 3], [0, 1, 0]),
        ("OutOfRangeWithStd", {"Alpha": "0.5"}, [-3, -1, 5], [1, 0, 1]),
    ],
)
def test_thresholds_change_and_tell(
    type_: str, settings: dict[str, str], expected: list[float], met: list[int]
) -> None:
    values = np.array([-3.0, 1.0, 5.0])
    given = {"Type": type_, **settings}
    assert filtered("Threshold", values, **given) == pytest.approx(expected)
    told = filtered("Threshold", values, Indicator="True", **given)
    assert told.tolist() == [bool(each) for each in met]


def test_coefficients_may_be_told() -> None:
    weights = "0.0625, 0.0625, 0.2500, 0.3750, 0.2500, 0.0625"
    expected = signal.lfilter([float(each) for each in weights.split(",")], 1, WAVE)
    assert filtered("User-Defined", Forward=weights) == pytest.approx(expected)
    notch = ([1.9390624, -2.7422484, 1.9390624], [1, -1.3711242, 0.9390624])
    found = filtered(
        "User-Defined",
        Type_of_filter="IIR",
        Forward="1.9390624, -2.7422484, 1.9390624",
        Backward="1, -1.3711242, 0.9390624",
    )
    assert found == pytest.approx(signal.lfilter(*notch, WAVE))
    for wrong in ({"Forward": "a"}, {"Type_of_filter": "IIR", "Backward": "0, 1"}):
        with pytest.raises(ModuleError, match="Error 0002"):
            made("User-Defined", **wrong)


def test_only_numbers_are_filtered() -> None:
    table = Table.of(pl.DataFrame({"x": [1.0], "t": ["a"]}))
    settings = APPLY.settle({"Column set": ColumnSelector.of_names("t").stored()})
    with pytest.raises(ModuleError, match="Error 0017"):
        APPLY.apply({"Filter": made("Median"), "Dataset": table}, settings)
