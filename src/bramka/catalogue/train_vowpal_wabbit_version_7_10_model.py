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

from bramka.catalogue._vowpal_modules import training_module

MODULE = training_module("7-10")
