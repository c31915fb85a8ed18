"""moto (S3) and Azurite (Azure Blob Storage) take the trust lists from trustctl, and show what a client would fetch."""

import base64
import hashlib
import hmac
import json
import unittest
from email.utils import formatdate

import requests

from lib.stores import Region, azurite, free_port, moto

IMMUTABLE = "public, max-age=31536000, immutable"


class Stories:
    """What every object store must do. A case says how to start one, and where its objects are read."""

    place = staging = None

    def upload(self, *more):
        return json.loads(self.region.ok("upload", "--dir", "pub", "--json", *more))

    def sent(self, *more):
        return self.upload("--to", self.place, *more)["sent"]

    def test_everything_arrives_once_and_again_only_what_is_new(self):
        first = self.sent()
        self.assertGreater(first["new"], 8)
        self.assertEqual(self.sent(), {"new": 0, "unchanged": first["new"]})
        self.region.publish("--to", self.place)
        again = self.sent()
        self.assertEqual(again["new"], 0)

    def test_documents_have_their_types_and_say_how_long_they_keep(self):
        self.sent()
        for path, kind, keep in [
            ("status.json", "application/jose+json", "no-cache"),
            ("lists/XA.json", "application/jose+json", "no-cache"),
            ("lists/XA.1.json", "application/jose+json", IMMUTABLE),
            ("root/1.json", "application/jose+json", IMMUTABLE),
            ("root/1.json.sha256", "text/plain; charset=utf-8", IMMUTABLE),
        ]:
            answer = self.fetch(path)
            self.assertEqual(answer.headers["content-type"], kind, path)
            self.assertEqual(answer.headers["cache-control"], keep, path)
            self.assertEqual(answer.content, self.region.path(f"pub/{path}").read_bytes(), path)

    def test_a_status_that_is_asked_for_again_by_its_etag_is_not_sent_again(self):
        self.sent()
        etag = self.fetch("status.json").headers["etag"]
        self.assertEqual(self.fetch("status.json", {"if-none-match": etag}).status_code, 304)
        self.region.publish("--to", self.place)
        self.assertEqual(self.fetch("status.json", {"if-none-match": etag}).status_code, 200)

    def test_sidecars_are_the_hashes_of_what_lies_beside_them(self):
        self.sent()
        for path in ("status.json", "lists/regional.1.json"):
            digest, name = self.fetch(f"{path}.sha256").text.split()
            self.assertEqual(digest, hashlib.sha256(self.fetch(path).content).hexdigest())
            self.assertEqual(name, path.rsplit("/", 1)[-1])

    def test_h01_h02_the_store_is_never_set_back_and_no_number_gets_another_content(self):
        self.sent()
        older = self.region.path("pub/status.json").read_bytes()
        self.region.publish("--to", self.place)
        newest = self.fetch("status.json").content
        self.region.path("pub/status.json").write_bytes(older)
        refused = self.region.run("upload", "--dir", "pub", "--to", self.place)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertEqual(self.fetch("status.json").content, newest)

    def test_staging_is_read_back_and_promoted_as_a_client_would(self):
        self.upload("--staging", self.staging)
        root = ("--root", "pub/root/1.json")
        self.region.ok("promote", *root, "--from", self.staging, "--to", self.place)
        self.assertEqual(self.fetch("status.json").content, self.region.path("pub/status.json").read_bytes())
        self.region.withdraw()
        self.upload("--staging", self.staging)
        self.spoil_staging("lists/XA.2.json")
        refused = self.region.run("promote", *root, "--from", self.staging, "--to", self.place)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertEqual(self.fetch("lists/XA.2.json").status_code, 404)

    def test_a_store_that_is_away_leaves_the_status_as_it_was(self):
        self.sent()
        before = self.fetch("status.json").content
        self.region.publish()
        wrong = {**self.region.env, **self.wrong}
        right, self.region.env = self.region.env, wrong
        try:
            away = self.region.run("upload", "--dir", "pub", "--to", self.place)
        finally:
            self.region.env = right
        self.assertEqual(away.returncode, 3, away.stderr)
        self.assertEqual(self.fetch("status.json").content, before)


# moto knows no bucket policies; whoever says a name may read and write.
NAMED = {"authorization": "AWS4-HMAC-SHA256 Credential=key/20270101/us-east-1/s3/aws4_request"}


class S3(Stories, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.server = moto(cls.port)
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.region = Region()
        self.addCleanup(self.region.folder.cleanup)
        self.bucket = f"trust-{free_port()}"
        self.url = f"http://127.0.0.1:{self.port}/{self.bucket}"
        requests.put(self.url, timeout=10).raise_for_status()
        self.place, self.staging = f"s3://{self.bucket}/lists", f"s3://{self.bucket}/staging"
        self.region.env = {
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }
        self.wrong = {"AWS_ENDPOINT": f"http://127.0.0.1:{self.port}/no/such/place"}

    def fetch(self, path, headers=None):
        return requests.get(f"{self.url}/lists/{path}", headers={**NAMED, **(headers or {})}, timeout=10)

    def spoil_staging(self, path):
        requests.put(f"{self.url}/staging/{path}", data=b"{}", headers=NAMED, timeout=10).raise_for_status()


# The account that every Azurite has, as its documentation prints it; it opens nothing else.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


class Azure(Stories, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.server = azurite(cls.port)
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.region = Region()
        self.addCleanup(self.region.folder.cleanup)
        self.container = f"trust-{free_port()}"
        self.url = f"http://127.0.0.1:{self.port}/{ACCOUNT}/{self.container}"
        self.signed("PUT", "?restype=container", {"x-ms-blob-public-access": "blob"})
        self.place, self.staging = f"az://{self.container}/lists", f"az://{self.container}/staging"
        self.region.env = {
            "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": KEY,
            "AZURE_STORAGE_ENDPOINT": f"http://127.0.0.1:{self.port}/{ACCOUNT}",
            "AZURE_ALLOW_HTTP": "true",
        }
        self.wrong = {"AZURE_STORAGE_ACCOUNT_KEY": "d3Jvbmc="}

    def signed(self, method, path, headers, body=b""):
        """Shared Key, as Azure's documentation describes it."""
        headers = {"x-ms-version": "2021-12-02", "x-ms-date": formatdate(usegmt=True), **headers}
        own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        path_alone, _, query = path.partition("?")
        resource = f"/{ACCOUNT}/{ACCOUNT}/{self.container}{path_alone}" + (f"\n{query.replace('=', ':')}" if query else "")
        text = f"{method}\n\n\n{len(body) or ''}\n\n\n\n\n\n\n\n\n{own}{resource}"
        mac = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
        headers["authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(mac).decode()}"
        requests.request(method, f"{self.url}{path}", headers=headers, data=body, timeout=10).raise_for_status()

    def fetch(self, path, headers=None):
        return requests.get(f"{self.url}/lists/{path}", headers=headers, timeout=10)

    def spoil_staging(self, path):
        self.signed("PUT", f"/staging/{path}", {"x-ms-blob-type": "BlockBlob"}, b"{}")


if __name__ == "__main__":
    unittest.main()
