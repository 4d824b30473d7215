"""A small OpenID and OAuth 2 provider on loopback: one person, who always agrees."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT = ("bramka", "s3cret/+ ä")


class Provider:
    """What the provider says of its person, and how it misbehaves when told to."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.person: dict[str, Any] = {
            "sub": "person-1",
            "email": "ann@example.com",
            "email_verified": True,
            "given_name": "Ann",
            "family_name": "Provided",
        }
        self.spoilt: dict[str, Any] = {}
        """Claims that the ID token carries instead of the right ones."""
        self.signing = self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.renewals: set[str] = set()
        """What may be turned into the next token, each once."""
        self.is_renewable = False
        self.granted = 0
        """Tokens given without anybody who agrees."""
        self.issuer = ""
        self.now = 0.0

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def keys(self) -> dict[str, Any]:
        return dict(KeySet([self.key]).as_dict(private=False))

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes on to."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT[0]
        assert asked["code_challenge_method"] == "S256"
        assert "nonce" not in asked or "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        told = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def redeem(self, authorization: str, form: dict[str, str]) -> dict[str, str] | None:
        """Tokens for a code, or the client's own; None when anything does not fit."""
        if not _proven(authorization, form):
            return None
        if form["grant_type"] == "client_credentials":
            self.granted += 1
            return {"access_token": "client's own", "scope": form.get("scope", "")}
        if form["grant_type"] == "refresh_token":
            return self.renewed(form["refresh_token"])
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        fits = (
            asked is not None
            and form["grant_type"] == "authorization_code"
            and form["redirect_uri"] == asked["redirect_uri"]
            and challenge == asked["code_challenge"]
        )
        if not fits or asked is None:
            return None
        if "nonce" not in asked:
            told_of = {"scope": asked.get("scope", ""), "token_type": "bearer"}
            found = {"access_token": f"of {asked['state']}", "expires_in": "600"}
            return found | told_of | self.renewal()
        return {"id_token": self.token(nonce=asked["nonce"]), "access_token": "unused"}

    def renewed(self, renewal: str) -> dict[str, str] | None:
        """The next token; what it was asked for with is used up."""
        if renewal not in self.renewals:
            return None
        self.renewals.remove(renewal)
        self.granted += 1
        token = f"next-{self.granted}"
        return {"access_token": token, "expires_in": "600"} | self.renewal()

    def renewal(self) -> dict[str, str]:
        if not self.is_renewable:
            return {}
        renewal = f"renewal-{self.granted}"
        self.renewals.add(renewal)
        return {"refresh_token": renewal}

    def token(self, **more: Any) -> str:
        """A signed token of the person."""
        claims = {
            "iss": self.issuer,
            "aud": CLIENT[0],
            "iat": int(self.now),
            "exp": int(self.now) + 300,
            **self.person,
            **more,
            **self.spoilt,
        }
        header = {"alg": "RS256", "kid": "one"}
        return jwt.encode(header, claims, self.signing)


def _proven(authorization: str, form: dict[str, str]) -> bool:
    """Whether the client says who it is, in the header or in the form."""
    if not authorization:
        return (form.get("client_id"), form.get("client_secret")) == CLIENT
    pair = base64.b64decode(authorization.partition(" ")[2]).decode()
    name, _, secret = pair.partition(":")
    return name == CLIENT[0] and parse_qs(f"s={secret}")["s"] == [CLIENT[1]]


@contextmanager
def identity_server(now: float) -> Iterator[Provider]:
    """A provider that answers on a free port, at this time."""
    provider = Provider()
    provider.now = now

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: one[0] for name, one in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif parts.path == "/keys":
                self.tell(200, provider.keys())
            else:
                self.tell(200, provider.configuration())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: one[0] for name, one in parse_qs(body).items()}
            told = provider.redeem(self.headers.get("Authorization", ""), form)
            self.tell(200 if told else 400, told or {"error": "invalid_grant"})

        def tell(self, status: int, value: object) -> None:
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
