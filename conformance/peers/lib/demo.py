"""What the running demo offers, as `conformance demo` wrote it down."""

import json
import os
from pathlib import Path

DIRECTORY = Path(os.environ["PEERS_DEMO"])
DEMO = json.loads((DIRECTORY / "demo.json").read_text())


def relying_party(client_id):
    return next(party for party in DEMO["relying_parties"] if party["client_id"] == client_id)


def persona(country, name):
    people = next(each for each in DEMO["countries"] if each["code"] == country)["personas"]
    return next(person for person in people if person["name"] == name)
