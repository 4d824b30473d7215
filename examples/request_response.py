"""Call a published service synchronously: the article's first program, in Python 3.

Unchanged but for the host and the keys, which come from the environment:
BRAMKA_URL (a gateway with the API's suffix, or the services themselves), WORKSPACE,
SERVICE, API_KEY, and SUBSCRIPTION_KEY when BRAMKA_URL is a gateway.
"""

import json
import os
import urllib.error
import urllib.request

host = os.environ["BRAMKA_URL"]
workspace = os.environ["WORKSPACE"]
service = os.environ["SERVICE"]
api_key = os.environ["API_KEY"]
subscription_key = os.environ.get("SUBSCRIPTION_KEY", "")
data = {
    "Inputs": {
        "input1": {
            "ColumnNames": ["Col2"],
            "Values": [["This is a good day"]],
        },
    },
    "GlobalParameters": {},
}
url = (
    host
    + "/workspaces/"
    + workspace
    + "/services/"
    + service
    + "/execute?api-version=2.0&details=true"
)
headers = {
    "Content-Type": "application/json",
    "Authorization": ("Bearer " + api_key),
    "Ocp-Apim-Subscription-Key": subscription_key,
}
body = str.encode(json.dumps(data))
try:
    req = urllib.request.Request(url, body, headers)
    response = urllib.request.urlopen(req)
    result = response.read()
    print("result:" + result.decode())
except urllib.error.HTTPError as error:
    print("The request failed with status code: " + str(error.code))
    print(error.info())
    print(json.loads(error.read()))
