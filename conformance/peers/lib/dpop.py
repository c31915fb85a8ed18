"""RFC 9449 for Authlib, which has no DPoP of its own: one key, a proof for each request."""

import hashlib
import secrets
import time

from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64encode


class Dpop:
    """The key of one client."""

    def __init__(self):
        self.key = ECKey.generate_key("P-256")

    def proof(self, method, url, access_token=None):
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.as_dict(private=False)}
        claims = {"htm": method, "htu": url, "jti": secrets.token_urlsafe(24), "iat": int(time.time())}
        if access_token:
            claims["ath"] = urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()).decode()
        return jwt.encode(header, claims, self.key, algorithms=["ES256"])

    def sign_get(self, access_token, uri, headers, body, _placement):
        """A sign method of Authlib. RFC 9449 §7.1: the token under the DPoP scheme, with a proof that covers it."""
        headers["Authorization"] = f"DPoP {access_token}"
        headers["DPoP"] = self.proof("GET", uri, access_token)
        return uri, headers, body
