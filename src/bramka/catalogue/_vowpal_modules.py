"""The modules of Vowpal Wabbit, one pair for each version that experiments name."""

from functools import partial
from typing import Literal

from bramka.catalogue._software import VOWPAL
from bramka.catalogue._vowpal import (
    BEFORE,
    LINES,
    MODEL,
    SCORED,
    Scoring,
    ScoringWithSums,
    Training,
    score,
    train,
    train_outside,
    use,
)
from bramka.domain.learning.module import Module, ModulePort

Version = Literal["7-4", "7-10", "8"]
_TRAINING: dict[Version, str] = {
    "7-4": "8383eb49c0a345db95c8eb56a1fef5bf",
    "7-10": "3adc5de612f029d2825c556068e34f8f",
    "8": "86f666bbd4594117bbb04edfd566c3a9",
}
_SCORING: dict[Version, str] = {
    "7-4": "afc94b8b722c6d29290793e5b453b577",
    "7-10": "e3a0906aa5ba4721b0de885c31abd676",
    "8": "2372377e83d5074c2bfb44febac439cb",
}


def training_module(version: Version) -> Module[Training]:
    """The module that learns."""
    family = _TRAINING[version]
    return Module(
        name=f"Train Vowpal Wabbit Version {version} Model",
        family=family,
        category="Text Analytics",
        settings=Training,
        inputs=(
            ModulePort(BEFORE, "ILearner", optional=True),
            ModulePort(LINES, optional=True),
        ),
        outputs=(ModulePort(MODEL, "ILearner"),),
        run=partial(train, family=family),
        reach=partial(train_outside, family=family),
        use=use,
        lacking=VOWPAL.lacking,
        aliases=(f"Train Vowpal Wabbit {version} Model",),
    )


def scoring_module(version: Version) -> Module[Scoring]:
    """The module that scores by what the one of its version learnt."""
    return Module(
        name=f"Score Vowpal Wabbit Version {version} Model",
        family=_SCORING[version],
        category="Text Analytics",
        settings=ScoringWithSums if version == "8" else Scoring,
        inputs=(ModulePort(MODEL, "ILearner"), ModulePort(LINES)),
        outputs=(ModulePort(SCORED),),
        run=partial(score, family=_TRAINING[version]),
        row_wise=True,
        lacking=VOWPAL.lacking,
        aliases=(f"Score Vowpal Wabbit {version} Model",),
    )
