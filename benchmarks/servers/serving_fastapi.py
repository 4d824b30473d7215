"""FastAPI around scikit-learn: what most people write first."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.servers.serving_model import predictor


class Asked(BaseModel):
    """The body."""

    rows: list[list[Any]]


def application() -> FastAPI:
    """The application; uvicorn calls this."""
    found, predict = FastAPI(), predictor()

    @found.post("/predict")
    async def answer(asked: Asked) -> dict[str, list[list[float]]]:
        return {"rows": predict(asked.rows)}

    return found
