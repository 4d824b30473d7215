"""BentoML around scikit-learn; served by its own command."""

from typing import Any

import bentoml  # type: ignore[import-not-found]  # in the rival's environment only

from benchmarks.servers.serving_model import predictor


@bentoml.service(workers=1)
class Served:
    """One model."""

    def __init__(self) -> None:
        self.score = predictor()

    @bentoml.api  # type: ignore[untyped-decorator]  # as above
    def predict(self, rows: list[list[Any]]) -> list[list[float]]:
        return self.score(rows)
