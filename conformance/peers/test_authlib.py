"""PyPI Authlib 1.9: a relying party in Python logs a citizen in through the hub."""

import time
import unittest
from urllib.parse import parse_qsl, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from lib.browser import Citizen
from lib.demo import DEMO, persona, relying_party

VERIFIER = "a-code-verifier-of-a-test-that-is-long-enough-to-be-one"


class ShortLivedAssertion(PrivateKeyJWT):
    """Authlib's assertions live an hour; the hub takes ten minutes at most. A dict of claims would keep its jti: one for each."""

    alg = "ES256"

    def sign(self, auth, token_endpoint):
        self.claims = {"exp": int(time.time()) + 60}
        return super().sign(auth, token_endpoint)


class AuthlibAsARelyingParty(unittest.TestCase):
    def setUp(self):
        self.party = relying_party("rp-authlib")
        self.metadata = requests.get(f"{DEMO['issuer']}/.well-known/openid-configuration", timeout=15).json()
        self.session = self.new_session(audience=DEMO["issuer"])

    def new_session(self, audience):
        jwk = self.party["jwks"]["keys"][0]
        session = OAuth2Session(
            self.party["client_id"],
            ECKey.import_key(jwk),
            token_endpoint_auth_method="private_key_jwt",
            scope=self.party["scope"],
            redirect_uri=self.party["redirect_uri"],
            code_challenge_method="S256",
        )
        # FAPI 2.0 §5.3.2.1: the audience of a client assertion is the issuer, at every endpoint.
        session.register_client_auth_method(ShortLivedAssertion(audience, headers={"kid": jwk["kid"]}))
        self.addCleanup(session.close)
        return session

    def push(self, session):
        """RFC 9126 with Authlib's parts: its request parameters, its client assertion, its HTTP session."""
        url, state = session.create_authorization_url(
            self.metadata["authorization_endpoint"],
            code_verifier=VERIFIER,
            nonce="n-0123456789abcdef0123456789abcdef",
            purpose=self.party["purposes"][0],
        )
        pushed = session.post(
            self.metadata["pushed_authorization_request_endpoint"],
            data=url.split("?", 1)[1],
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            auth=session.client_auth("private_key_jwt"),
            withhold_token=True,
        )
        return pushed, state

    def browse(self, pushed, person, **answer):
        self.assertEqual(pushed.status_code, 201, pushed.text)
        query = {"client_id": self.party["client_id"], "request_uri": pushed.json()["request_uri"]}
        start = requests.Request("GET", self.metadata["authorization_endpoint"], params=query).prepare().url
        citizen = Citizen("XE", persona("XE", person), self.party["redirect_uri"], **answer)
        return citizen.walk(start)

    def redeem(self, callback, state):
        return self.session.fetch_token(
            self.metadata["token_endpoint"],
            authorization_response=callback,
            state=state,
            code_verifier=VERIFIER,
            redirect_uri=self.party["redirect_uri"],
        )

    def test_logs_a_citizen_in_and_reads_the_userinfo(self):
        pushed, state = self.push(self.session)
        token = self.redeem(self.browse(pushed, "Amina Mint Sidi"), state)

        keys = KeySet.import_key_set(requests.get(self.metadata["jwks_uri"], timeout=15).json())
        id_token = jwt.decode(token["id_token"], keys, algorithms=["ES256"])
        jwt.JWTClaimsRegistry(
            now=int(time.time()),
            iss={"essential": True, "value": DEMO["issuer"]},
            aud={"essential": True, "value": self.party["client_id"]},
            nonce={"essential": True, "value": "n-0123456789abcdef0123456789abcdef"},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(id_token.claims)

        answer = self.session.get(self.metadata["userinfo_endpoint"])
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(answer.json()["sub"], id_token.claims["sub"])
        self.assertEqual(answer.json()["name"], "Amina Mint Sidi")

    def test_hears_access_denied_when_the_citizen_says_no(self):
        pushed, state = self.push(self.session)
        callback = self.browse(pushed, "Amina Mint Sidi", answer="deny")
        answer = dict(parse_qsl(urlsplit(callback).query))
        expected = {"error": "access_denied", "state": state, "iss": DEMO["issuer"]}
        self.assertEqual(answer, answer | expected)
        self.assertNotIn("code", answer)

    def test_is_refused_with_an_assertion_for_another_audience(self):
        pushed, _ = self.push(self.new_session(audience="https://other.example"))
        self.assertEqual(pushed.status_code, 401)
        self.assertEqual(pushed.json()["error"], "invalid_client")

    def test_is_refused_with_the_endpoint_as_the_audience(self):
        pushed, _ = self.push(self.new_session(audience=self.metadata["token_endpoint"]))
        self.assertEqual((pushed.status_code, pushed.json()["error"]), (401, "invalid_client"))


if __name__ == "__main__":
    unittest.main()
