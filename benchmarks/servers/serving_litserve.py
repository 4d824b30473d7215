"""LitServe around scikit-learn; run as a script in an environment of its own."""

import sys
from typing import Any

import litserve  # type: ignore[import-not-found]  # in the rival's environment only

from benchmarks.servers.serving_model import predictor


class Served(litserve.LitAPI):  # type: ignore[misc]  # as above
    """One model."""

    def setup(self, device: str) -> None:
        del device
        self.score = predictor()

    def predict(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"rows": self.score(asked["rows"])}


if __name__ == "__main__":
    server = litserve.LitServer(Served(), accelerator="cpu", workers_per_device=1)
    server.run(port=int(sys.argv[1]), host="127.0.0.1", generate_client_file=False)
