"""Score lines of Vowpal Wabbit's format, or of SVMLight's, by a model of its own.

The dataset is one column of texts. Results are what Vowpal Wabbit predicts: by
`--link logistic` a probability, after `--oaa` the number of the class. Labels are what
stands first in a line, raw scores the sums before a link. Only models of "Train Vowpal
Wabbit Version 8 Model" are scored. Needs vowpalwabbit: install bramka[vowpal].

    {
      "inputs": {
        "Trained model": {
          "module": "Train Vowpal Wabbit Version 8 Model",
          "inputs": {"Dataset": {"line": ["1 | good film", "-1 | bad film"]}},
          "parameters": {"VW arguments": "-b 10 --passes 20 --loss_function logistic"}
        },
        "Dataset": {"line": ["| good", "-1 | bad", null]}
      },
      "parameters": {
        "VW arguments": "--link logistic",
        "Include an extra column containing labels": "True"
      },
      "outputs": {
        "Results dataset": {
          "columns": {
            "Results": ["approximately", 0.82889616, 0.17492132, null],
            "Labels": [null, "-1", null]
          },
          "kinds": {"Results": "Score", "Labels": "Label"}
        }
      }
    }
"""

from bramka.catalogue._vowpal_modules import scoring_module

MODULE = scoring_module("8")
