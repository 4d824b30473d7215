"""Where something saved is, and its file to download."""

from starlette.responses import FileResponse, Response

from bramka.domain.learning.saved import UPLOAD_TYPES, Saved
from bramka.studio.task import Place
from bramka.studio_rest.call import Site
from bramka.studio_rest.download import BINARY, file_of

DATA = "data"
ORIGINAL = "original"
"""Names in the folder of something saved."""


def saved_file(site: Site, saved: Saved, format_: str) -> Response:
    """The file as it was uploaded, or what is saved in another format."""
    folder = site.content(saved.content)
    original = folder / ORIGINAL
    if not format_ and original.exists():
        ending = UPLOAD_TYPES.get(saved.data_type, "")
        name = saved.uploaded_from or saved.name
        named = name if name.lower().endswith(ending) else name + ending
        return FileResponse(original, filename=named, media_type=BINARY)
    return file_of(Place(str(folder), DATA), format_ or "parquet", saved.name)
