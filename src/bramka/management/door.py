"""What every door of the console does: who calls, how much they send."""

import hmac

from starlette.requests import Request

from bramka.domain.errors import Invalid, Unauthenticated

LARGEST_BODY = 8 * 1024 * 1024


def bearer(request: Request, *others: str) -> str:
    """The bearer token of a call; Unauthenticated when there is none.

    `others` are schemes in lower case that may stand for Bearer.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", *others) or not token.strip():
        raise Unauthenticated(
            "The call carries no bearer token; send `Authorization: Bearer TOKEN`."
        )
    return token.strip()


def admit(request: Request, token: str) -> None:
    """Unauthenticated unless the caller holds `token`; compared in constant time."""
    refuse_other(bearer(request), token)


def refuse_other(given: str, token: str) -> None:
    """Unauthenticated unless they are the same; compared in constant time."""
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Unauthenticated("The bearer token is not the one of this door.")


async def read_body(request: Request) -> bytes:
    """The whole body; Invalid when it is too large to be meant."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise Invalid(f"The body is larger than {LARGEST_BODY} bytes; send less.")
    return bytes(body)
