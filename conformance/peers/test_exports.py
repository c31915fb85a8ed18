"""What `trustctl export` writes, read by PyPI joserfc, cryptography, jsonschema and the csv of Python itself."""

import base64
import copy
import csv
import hashlib
import json
import os
import unittest
import zlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, KeySet
from joserfc.registry import HeaderParameter
from jsonschema import Draft7Validator
from referencing import Registry, Resource

EXPORTS = Path(os.environ["PEERS_EXPORTS"])
TRUST_LIST = Path(__file__).resolve().parents[2] / "trust-list"
HEADERS = {
    "iat": HeaderParameter("Issued At", "int"),
    "typ": HeaderParameter("Type", "str"),
    "x5c": HeaderParameter("X.509 Certificate Chain", "list[str]"),
    "x5t#S256": HeaderParameter("SHA-256 of the Certificate", "str"),
}
REGISTRY = jws.JWSRegistry(HEADERS, algorithms=["ES256"])
# joserfc expects headers without certificates and payloads of tokens.
REGISTRY.max_header_length, REGISTRY.max_payload_length = 16 * 1024, 1024 * 1024
LISTS = {"regional": "XZ", "XA": "XA", "XB": "XB"}


def text(name):
    return (EXPORTS / name).read_text(encoding="utf-8")


def header(compact):
    segment = compact.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


def certificate(compact):
    return x509.load_der_x509_certificate(base64.b64decode(header(compact)["x5c"][0]))


def key_of(found):
    return ECKey.import_key(found.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def payload(name):
    compact = text(f"{name}.jwt")
    return json.loads(jws.deserialize_compact(compact, key_of(certificate(compact)), registry=REGISTRY).payload)


def validator(name):
    schemas = {}
    for each in ("lote", "profile"):
        schema = json.loads((TRUST_LIST / "schemas" / f"{each}.schema.json").read_text())
        Draft7Validator.check_schema(schema)
        schemas[schema["$id"]] = schema
    registry = Registry().with_resources((uri, Resource.from_contents(schema)) for uri, schema in schemas.items())
    return Draft7Validator(schemas[f"urn:passerelle:schema:{name}"], registry=registry)


def applied(defect, document):
    """`set`, or without it removes, what the JSON pointer `at` leads to."""
    changed = copy.deepcopy(document)
    *names, last = defect["at"].split("/")[1:]
    parent = changed
    for name in names:
        parent = parent[int(name)] if isinstance(parent, list) else parent[name]
    if last == "-":
        parent.append(defect["set"])
        return changed
    place = int(last) if isinstance(parent, list) else last
    if "set" in defect:
        parent[place] = defect["set"]
    else:
        del parent[place]
    return changed


class Lists(unittest.TestCase):
    def test_each_list_verifies_with_the_certificate_of_its_header(self):
        for name, country in LISTS.items():
            with self.subTest(name):
                compact = text(f"{name}.jwt")
                found = certificate(compact)
                self.assertEqual(payload(name)["LoTE"]["ListAndSchemeInformation"]["SchemeTerritory"], country)
                digest = base64.urlsafe_b64encode(hashlib.sha256(found.public_bytes(Encoding.DER)).digest())
                self.assertEqual(header(compact)["x5t#S256"], digest.rstrip(b"=").decode())
                self.assertEqual(set(header(compact)), {"alg", "typ", "iat", "x5c", "x5t#S256"})

    def test_a_list_does_not_verify_with_the_certificate_of_another(self):
        with self.assertRaises(BadSignatureError):
            jws.deserialize_compact(text("XA.jwt"), key_of(certificate(text("XB.jwt"))), registry=REGISTRY)

    def test_each_certificate_has_the_profile_of_a_list_signer(self):
        for name, country in LISTS.items():
            with self.subTest(name):
                found = certificate(text(f"{name}.jwt"))
                value = lambda oid: found.subject.get_attributes_for_oid(oid)[0].value
                self.assertEqual(value(NameOID.COUNTRY_NAME), country)
                operators = payload(name)["LoTE"]["ListAndSchemeInformation"]["SchemeOperatorName"]
                self.assertIn(value(NameOID.ORGANIZATION_NAME), [operator["value"] for operator in operators])
                extension = lambda kind: found.extensions.get_extension_for_class(kind).value
                self.assertFalse(extension(x509.BasicConstraints).ca)
                self.assertTrue(extension(x509.KeyUsage).digital_signature)
                self.assertEqual(list(extension(x509.ExtendedKeyUsage)), [ObjectIdentifier("0.4.0.2231.3.0")])
                self.assertNotIn(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE, extension(x509.ExtendedKeyUsage))
                own = x509.SubjectKeyIdentifier.from_public_key(found.public_key())
                self.assertEqual(len(extension(x509.SubjectKeyIdentifier).digest), len(own.digest))
                found.verify_directly_issued_by(found)

    def test_each_list_is_valid_under_both_schemas(self):
        for name in LISTS:
            for schema in ("lote", "profile"):
                with self.subTest(f"{name} under {schema}"):
                    self.assertEqual([error.message for error in validator(schema).iter_errors(payload(name))], [])

    def test_the_schemas_refuse_each_defect_that_a_schema_can_express(self):
        inexpressible = json.loads((Path(__file__).parent / "lib" / "defects.json").read_text())
        profile, seen = validator("profile"), 0
        for kind, name in (("national", "XA"), ("regional", "regional")):
            base = payload(name)
            for path in sorted((TRUST_LIST / "tests" / "defects" / kind).glob("*.json")):
                with self.subTest(f"{kind}: {path.stem}"):
                    changed = applied(json.loads(path.read_text()), base)
                    self.assertNotEqual(changed, base, "the defect changes nothing")
                    self.assertEqual(profile.is_valid(changed), path.stem in inexpressible[kind])
                    seen += 1
        self.assertGreater(seen, 40)


class Others(unittest.TestCase):
    def test_the_bundle_is_signed_by_the_pinned_key_and_names_the_lists_it_was_made_from(self):
        pinned = json.loads(text("XB.pin.json"))
        keys = [ECKey.import_key(key) for key in pinned["signers"]]
        keys = KeySet([ECKey.import_key({**key.as_dict(), "kid": key.thumbprint()}) for key in keys])
        signed = jws.deserialize_json(json.loads(text("XB.bundle.json")), keys, registry=REGISTRY)
        self.assertEqual([member.headers()["typ"] for member in signed.members], ["passerelle-bundle"])
        bundle = json.loads(zlib.decompress(signed.payload, wbits=-zlib.MAX_WBITS))
        published = {path.name: path.read_bytes() for path in (EXPORTS / "pub" / "lists").iterdir()}
        self.assertEqual({entry["name"] for entry in bundle["lists"]}, {"regional", "XA"})
        for entry in bundle["lists"]:
            document = published[f"{entry['name']}.{entry['sequence']}.json"]
            digest = base64.urlsafe_b64encode(hashlib.sha256(document).digest()).rstrip(b"=").decode()
            self.assertEqual(entry["sha256"], digest)

    def test_every_table_is_read_by_the_csv_of_python_and_holds_no_formula(self):
        for table in ("members", "issuers", "clients", "recognitions", "suspensions"):
            with self.subTest(table), open(EXPORTS / f"{table}.csv", newline="", encoding="utf-8") as file:
                columns, *rows = csv.reader(file, strict=True)
                for row in rows:
                    self.assertEqual(len(row), len(columns))
                    for cell in row:
                        self.assertNotIn(cell[:1], list("=+-@\t\r"), cell)

    def test_names_in_a_table_are_those_of_the_list(self):
        with open(EXPORTS / "issuers.csv", newline="", encoding="utf-8") as file:
            names = [row["name"] for row in csv.DictReader(file)]
        hostile = json.loads(text("hostile.json"))
        self.assertIn("'" + hostile[0], names)
        for name in hostile[1:]:
            self.assertIn(name.replace("\u202e", ""), names)


if __name__ == "__main__":
    unittest.main()
