"""Print what the other examples need, from the demo's files, for a shell to read.

eval "$(python3 examples/environment.py bramka-data)"
"""

import json
import shlex
import sys
from pathlib import Path

demo = json.loads(Path(sys.argv[1], "demo.json").read_text())
variables = {
    "BRAMKA_URL": demo["gateway_url"] + "/azureml-demo",
    "WORKSPACE": demo["workspace"],
    "SERVICE": demo["service"],
    "API_KEY": demo["api_key"],
    "SUBSCRIPTION_KEY": demo["unlimited_key"],
    "STORAGE_CONNECTION_STRING": demo["blobs_connection_string"],
}
for name, value in variables.items():
    print(f"export {name}={shlex.quote(value)}")
