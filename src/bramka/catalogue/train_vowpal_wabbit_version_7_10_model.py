"""Learn by Vowpal Wabbit from lines of its own format, or of SVMLight's.

Lines come from a dataset of one column of texts, or from a blob. The installed Vowpal
Wabbit (9.11) learns, whatever the version in the name; only models of this module are
learnt on. Arguments that read or write files are refused, as are unknown ones; readable
models and inverted hashes are not written. Needs vowpalwabbit: install bramka[vowpal].

    {
      "inputs": {"Dataset": {"line": ["1 | good film", "-1 | bad film"]}},
      "parameters": {"VW arguments": "-b 10 --passes 20 --loss_function logistic"},
      "outputs": {
        "Trained model": {
          "applied to": {"line": ["| good", "| bad", null]},
          "gives": {
            "columns": {"Results": ["approximately", 1.5778242, -1.5511425, null]},
            "kinds": {"Results": "Score"}
          }
        }
      }
    }
"""

from functools import partial

from bramka.catalogue._vowpal import (
    BEFORE,
    LINES,
    MODEL,
    Training,
    train,
    train_outside,
    use,
)
from bramka.domain.learning.module import Module, ModulePort

FAMILY = "3adc5de612f029d2825c556068e34f8f"
MODULE = Module(
    name="Train Vowpal Wabbit Version 7-10 Model",
    family=FAMILY,
    category="Text Analytics",
    settings=Training,
    inputs=(
        ModulePort(BEFORE, "ILearner", optional=True),
        ModulePort(LINES, optional=True),
    ),
    outputs=(ModulePort(MODEL, "ILearner"),),
    run=partial(train, family=FAMILY),
    reach=partial(train_outside, family=FAMILY),
    use=use,
    aliases=("Train Vowpal Wabbit 7-10 Model",),
)
