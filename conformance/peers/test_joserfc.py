"""PyPI joserfc 1.8: another language's JOSE verifies the trust list documents, as the publisher serves them.

Only signatures, roles, quorums and hashes are checked here; the rules of the lists are the hub's own business.
"""

import copy
import hashlib
import json
import unittest

import requests
from joserfc import jws
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import ECKey, KeySet
from joserfc.registry import HeaderParameter
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from lib.demo import DEMO

PUBLISHER = DEMO["trust"]["publisher"]
# The time of each signature stands beside its algorithm, type and key.
REGISTRY = jws.JWSRegistry({"iat": HeaderParameter("Issued At", "int")}, algorithms=["ES256"])


def fetch(path):
    answer = requests.get(f"{PUBLISHER}/{path}", timeout=15)
    answer.raise_for_status()
    return answer.content


def keys_of(jwks):
    """The keys under the names that signatures use: their RFC 7638 thumbprints."""
    keys = [ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y")}) for jwk in jwks]
    return KeySet([ECKey.import_key({**key.as_dict(), "kid": key.thumbprint()}) for key in keys])


def verified(document, jwks, typ):
    """Verifies every signature, each by another of the keys; returns the payload and the names of the signers."""
    signed = jws.deserialize_json(document, keys_of(jwks), registry=REGISTRY)
    headers = [member.headers() for member in signed.members]
    assert {header["typ"] for header in headers} == {typ}, headers
    signers = {header["kid"] for header in headers}
    assert len(signers) == len(headers), "one key signed twice"
    return json.loads(signed.payload), signers


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(DEMO["trust"]["root_file"], "rb") as pinned:
            cls.signed_root = json.load(pinned)
        # The pinned root is trusted because it was handed over; that its own quorum signed it is checked first.
        cls.root = json.loads(urlsafe_b64decode(cls.signed_root["payload"].encode()))
        cls.status, _ = verified(json.loads(fetch("status.json")), cls.keys("status"), "passerelle-status+json")

    @classmethod
    def keys(cls, role):
        return [key["jwk"] for key in cls.root["keys"] if role in key["roles"]]

    def countries_of(self, signers, role):
        own = [key for key in self.root["keys"] if role in key["roles"]]
        named = {ECKey.import_key(key["jwk"]).thumbprint(): key["country"] for key in own}
        return {named[signer] for signer in signers}

    def assert_quorum(self, signers, role):
        quorum = self.root["roles"][role]
        self.assertGreaterEqual(len(signers), quorum["threshold"])
        self.assertGreaterEqual(len(self.countries_of(signers, role)), quorum["countries"])

    def current(self, name):
        """The list that the status document calls current, if its length and hash are what the status says."""
        entry = next(entry for entry in self.status["lists"] if entry["name"] == name)
        document = fetch(f"lists/{name}.{entry['sequence']}.json")
        self.assertEqual(len(document), entry["length"])
        self.assertEqual(urlsafe_b64encode(hashlib.sha256(document).digest()).decode(), entry["sha256"])
        return json.loads(document)

    def regional(self):
        return verified(self.current("regional"), self.keys("regional"), "passerelle-regional+json")

    def test_the_root_is_signed_by_its_own_quorum_from_enough_countries(self):
        _, signers = verified(self.signed_root, self.keys("root"), "passerelle-root+json")
        self.assert_quorum(signers, "root")

    def test_the_publisher_serves_the_pinned_root(self):
        self.assertEqual(json.loads(fetch("root/1.json")), self.signed_root)

    def test_the_regional_list_is_signed_by_the_quorum_of_the_root(self):
        _, signers = self.regional()
        self.assert_quorum(signers, "regional")

    def test_every_national_list_is_signed_by_the_keys_that_the_regional_list_pins(self):
        regional, _ = self.regional()
        pointers = regional["LoTE"]["ListAndSchemeInformation"]["PointersToOtherLoTE"]
        seen = set()
        for pointer in pointers:
            country = pointer["LoTEQualifiers"][0]["SchemeTerritory"]
            pinned = [key for each in pointer["ServiceDigitalIdentities"] for key in each["PublicKeyValues"]]
            national, _ = verified(self.current(country), pinned, "passerelle-national+json")
            self.assertEqual(national["LoTE"]["ListAndSchemeInformation"]["SchemeTerritory"], country)
            seen.add(country)
        self.assertLessEqual({"XA", "XE", "XF", "XN"}, seen)

    def test_a_national_list_does_not_verify_with_the_keys_of_the_regulators(self):
        with self.assertRaises(InvalidKeyIdError):
            verified(self.current("XA"), self.keys("regional"), "passerelle-national+json")

    def test_one_changed_byte_of_any_payload_breaks_every_signature(self):
        for document, role in ((self.signed_root, "root"), (self.current("regional"), "regional")):
            changed = copy.deepcopy(document)
            payload = bytearray(urlsafe_b64decode(changed["payload"].encode()))
            payload[len(payload) // 2] ^= 1
            changed["payload"] = urlsafe_b64encode(bytes(payload)).decode()
            for signature in changed["signatures"]:
                alone = {**changed, "signatures": [signature]}
                with self.assertRaises(BadSignatureError):
                    jws.deserialize_json(alone, keys_of(self.keys(role)), registry=REGISTRY)


if __name__ == "__main__":
    unittest.main()
