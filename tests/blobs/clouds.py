"""S3 and Google's storage as real servers: moto, in an environment of its own.

Google's XML interface is S3's dialect with another signature, so moto serves both: for
Google the token, or none, becomes the header that moto expects.
"""

import json
import socket
import subprocess
import tempfile
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.blobs.conftest import await_answer

FOLDER = Path(tempfile.gettempdir()) / "bramka-clouds"
"""Made the first time, outside the repository."""
MOTO = "moto[server,s3]==5.2.5"
BUCKET = "models"
SERVER = """
import sys
from moto.moto_server import werkzeug_app as moto
from werkzeug.serving import run_simple

scope = "Credential=any/20260101/us-east-1/s3/aws4_request"
signed = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=any"
application = moto.DomainDispatcherApplication(moto.create_backend_app)

def serve(environ, start_response):
    if not environ.get("HTTP_AUTHORIZATION", "").startswith("AWS4"):
        environ["HTTP_AUTHORIZATION"] = signed
    return application(environ, start_response)

run_simple("127.0.0.1", int(sys.argv[1]), serve, threaded=True)
"""


@contextmanager
def moto() -> Iterator[str]:
    """The address of a server with one bucket."""
    python = str(FOLDER / "bin" / "python")
    if not (FOLDER / "done").exists():
        venv.create(FOLDER, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", MOTO]
        subprocess.run(install, check=True, capture_output=True)
        (FOLDER / "done").touch()
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        command = [python, "-c", SERVER, str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            await_answer(address)
            bucket = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")
            urllib.request.urlopen(bucket).close()
            yield address
        finally:
            process.terminate()
            process.wait()


def s3_environment(address: str) -> dict[str, str]:
    """As Amazon's own tools read it."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": "us-east-1",
    }


def gcs_environment(address: str, folder: Path) -> dict[str, str]:
    """A service account whose storage is elsewhere and takes any token."""
    account = folder / "account.json"
    keys = dict.fromkeys(("client_email", "private_key", "private_key_id"), "")
    content = {"gcs_base_url": address, "disable_oauth": True, **keys}
    account.write_text(json.dumps(content))
    return {"GOOGLE_SERVICE_ACCOUNT": str(account)}


def multipart_uploads(address: str) -> bytes:
    """The list of uploads in parts that nobody finished, as XML."""
    with urllib.request.urlopen(f"{address}/{BUCKET}?uploads") as answer:
        content: bytes = answer.read()
    return content
