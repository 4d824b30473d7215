"""Refusals of the client side, with Azure ML's detail codes and no secrets."""

from bramka.domain.errors import Detail, Forbidden, Invalid, Missing


def invalid_connection(found: str) -> Invalid:
    """A connection string is malformed or means nothing here."""
    message = f"The connection string is invalid: {found}"
    return _invalid("InvalidBlobConnectionString", "ConnectionString", message)


def invalid_location(found: str) -> Invalid:
    """A RelativeLocation does not name a blob."""
    message = f"The relative location is invalid: {found}"
    return _invalid("InputBlobRelativeLocationInvalid", "RelativeLocation", message)


def missing_information(found: str) -> Invalid:
    """A reference names neither a connection string nor a base location."""
    return _invalid("MissingInputBlobInformation", "", found)


def invalid_blob(found: str, target: str) -> Invalid:
    """A store says what was asked of it is wrong."""
    return _invalid("InvalidBlob", target, found)


def blob_not_found(blob: str, reason: str) -> Missing:
    """A blob, or its container, is not there."""
    message = inaccessible(blob, reason)
    return Missing(
        message, target=blob, details=(Detail("BlobNotFound", blob, message),)
    )


def blob_forbidden(blob: str, reason: str) -> Forbidden:
    """A blob may not be reached with the credentials given."""
    message = inaccessible(blob, reason)
    return Forbidden(
        message, target=blob, details=(Detail("BlobNotFound", blob, message),)
    )


def inaccessible(blob: str, reason: str) -> str:
    """Azure ML's sentence for a blob that cannot be reached."""
    return (
        f"Unable to access the provided Azure blob - {blob}.  "
        f"Azure error message: {reason}."
    )


def check_extension(relative_location: str, allowed: tuple[str, ...]) -> str:
    """The extension among `allowed` (longest first) that the location ends with."""
    name = relative_location.rpartition("/")[2].lower()
    for extension in sorted(allowed, key=len, reverse=True):
        if name.endswith(extension) and name != extension:
            return extension
    raise _invalid(
        "InvalidBlobExtension",
        "RelativeLocation",
        f"The blob reference: {relative_location} has an invalid or missing file "
        "extension. Supported file extensions for this output type are: "
        f'"{", ".join(allowed)}".',
    )


def _invalid(code: str, target: str, message: str) -> Invalid:
    return Invalid(message, target=target, details=(Detail(code, target, message),))
