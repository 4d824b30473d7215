"""What `bramka up` prints once everything answers, in 80 columns, ready to paste."""

import json
from typing import Any

from bramka.app.settings import Settings

WIDTH = 80
BODY = (
    '{"Inputs": {"input1": {"ColumnNames": ["Col2"],\n'
    '  "Values": [["This is a good day"]]}}, "GlobalParameters": {}}'
)


def addresses(settings: Settings) -> str:
    """Where everything is."""
    return "\n".join(
        f"  {role:<9}{getattr(settings, f'{role}_url')}"
        for role in ("gateway", "console", "services", "blobs")
    )


def story(settings: Settings, *, demo: bool) -> str:
    """The whole text; with the demo, a call that works and how to sign in."""
    text = f"Bramka runs in {settings.data}\n\n{addresses(settings)}\n"
    if demo:
        text += _demo_story(json.loads((settings.data / "demo.json").read_text()))
    return f"{text}\nCtrl-C ends it; the data stays.\n"


def _demo_story(demo: dict[str, Any]) -> str:
    people = [demo[role] for role in ("admin", "developer")]
    width = max(len(person["email"]) for person in people)
    table = "\n".join(f"  {p['email']:{width}}  {p['password']}" for p in people)
    return f"""
Call the published text service through the API, as product Unlimited:

{curl(demo)}

Sign in at {demo["console_url"]} by email and password:

{table}

Every address and key is in demo.json of the data folder.
"""


def curl(demo: dict[str, Any]) -> str:
    """The synchronous call for a shell; long words are broken inside of quotes."""
    url = (
        f"{demo['gateway_url']}/azureml-demo/workspaces/{demo['workspace']}"
        f"/services/{demo['service']}/execute?api-version=2.0&details=true"
    )
    key = demo["unlimited_key"]
    authorization = f"Authorization: Bearer {demo['api_key']}"
    return " \\\n  ".join(
        [
            f'curl "{_folded(url)}"',
            f'-H "Ocp-Apim-Subscription-Key: {key}"',
            f'-H "{_folded(authorization)}"',
            '-H "Content-Type: application/json"',
            f"-d '{BODY}'",
        ]
    )


def _folded(text: str) -> str:
    """`text` over several lines that a shell joins again in double quotes."""
    width = WIDTH - 8
    return "\\\n".join(text[at : at + width] for at in range(0, len(text), width))
