"""The files that the browser faces were built into: hashed names, compressed."""

from importlib import resources
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

BUILT = Path(str(resources.files("bramka.portals"))) / "static" / "ui"
FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


class Assets:
    """Serves what the build put into `assets`, and nothing else."""

    def __init__(self, built: Path = BUILT) -> None:
        self._folder = built / "assets"

    async def answer(self, request: Request) -> Response:
        """A file, in the form the caller takes."""
        name: str = request.path_params["name"]
        file = self._folder / name
        # Assets lie flat: a name that is a path is not one of them.
        known = file.suffix in TYPES and file.name == name and file.is_file()
        if not known:
            return Response("There is no such file.\n", 404, media_type="text/plain")
        headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"}
        kind = TYPES[file.suffix]
        packed = file.with_name(f"{name}.gz")
        if packed.is_file():
            headers["Vary"] = "Accept-Encoding"
            if takes_gzip(request.headers.get("accept-encoding", "")):
                headers["Content-Encoding"] = "gzip"
                file = packed
        return FileResponse(file, headers=headers, media_type=kind)


def takes_gzip(accepted: str) -> bool:
    """Whether `Accept-Encoding` allows gzip."""
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
