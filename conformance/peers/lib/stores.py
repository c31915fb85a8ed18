"""Object stores on this machine, and a small region to put into them."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TRUSTCTL = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent.parent / "target")) / "debug" / "trustctl"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """An emulator as a process of its own, until `stop`."""

    def __init__(self, command, port):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        said = self.said()
        self.stop()
        raise RuntimeError(f"{command[0]} does not listen: {said}")

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-2000:]

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


def moto(port):
    return Server([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port)


def azurite(port):
    node = shutil.which("node")
    main = HERE / "stores/node_modules/azurite/dist/src/blob/main.js"
    if node is None or not main.exists():
        raise RuntimeError("azurite is not installed: conformance/peers/run installs it")
    options = ["--blobPort", str(port), "--inMemoryPersistence", "--disableTelemetry", "--silent"]
    return Server([node, str(main), *options], port)


class Region:
    """XA and XB in a folder, made with trustctl; XB recognises XA."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.env = {}
        self._make()

    def path(self, name):
        return Path(self.folder.name) / name

    def run(self, *words):
        environment = {**os.environ, **self.env}
        return subprocess.run([TRUSTCTL, *words], cwd=self.folder.name, env=environment, capture_output=True, text=True)

    def ok(self, *words):
        done = self.run(*words)
        if done.returncode != 0:
            raise AssertionError(f"trustctl {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def save(self, name, *words):
        self.path(name).write_text(self.ok(*words))

    def assemble(self, proposal, *keys):
        for key in keys:
            self.ok("sign", proposal, "--key", f"{key}.jwk")
        self.path("pub").mkdir(exist_ok=True)
        self.ok("assemble", proposal, "--dir", "pub")

    def _make(self):
        for name in ("xa", "xb", "online", "list"):
            self.ok("keygen", "--out", f"{name}.jwk")
        self.ok(
            *("init-root", "--region", "XZ", "--distribution", "https://trust.region.example"),
            *("--threshold", "2", "--countries", "2", "--online", "XA=Publisher=online.pub.jwk"),
            *("--regulator", "XA=Regulator of XA=xa.pub.jwk", "--regulator", "XB=Regulator of XB=xb.pub.jwk"),
            *("--out", "root.json"),
        )
        self.assemble("root.json", "xa", "xb")
        self.save("operator.json", "template", "operator", "--country", "XZ")
        distribution = ("--distribution", "https://trust.region.example")
        self.save("member.json", "template", "member", "--country", "XA", *distribution, "--key", "list.pub.jwk")
        self.save("row.json", "template", "recognition", "--recogniser", "XB", "--recognised", "XA")
        self.ok(
            *("propose", "regional", "--dir", "pub", "--operator", "operator.json"),
            *("--admit", "member.json", "--recognise", "row.json", "--out", "regional.json"),
        )
        self.assemble("regional.json", "xa", "xb")
        self.save("operator-xa.json", "template", "operator", "--country", "XA")
        self.save("idp.json", "template", "issuer", "--country", "XA", "--id", "idp")
        self.ok(
            *("propose", "national", "--dir", "pub", "--country", "XA"),
            *("--operator", "operator-xa.json", "--entry", "idp.json", "--out", "national.json"),
        )
        self.assemble("national.json", "list")
        self.publish()

    def publish(self, *more):
        return self.ok("publish", "--dir", "pub", "--key", "online.jwk", "--json", *more)

    def withdraw(self):
        """The next release of XA's list; a status needs a later second than the one before."""
        time.sleep(1.1)
        self.ok("propose", "national", "--dir", "pub", "--country", "XA", "--entry-status", "idp=withdrawn", "--out", "n.json")
        self.assemble("n.json", "list")
        return self.publish()
