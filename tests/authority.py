"""A time authority of our own: openssl with a root made for the occasion."""

from pathlib import Path

from certificates import openssl

_CONFIG = """[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
{certs}
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
crypto_device = builtin
other_policies = 1.2.3.4.5
"""
_KEYS = {"rsa": ("-newkey", "rsa:2048"), "ec": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")}


class Authority:
    """What answers to queries; *root* is the file with its root certificate.

    With *chain* it sends its root along, as openssl orders it. *usage* is what its certificate is for.
    """

    def __init__(
        self, folder: Path, *, chain: bool = False, usage: str = "critical,timeStamping", key: str = "rsa"
    ) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.root = folder / "root.pem"
        name = ("-subj", "/CN=Root of the clocks")
        allowed = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self._run("req", "-x509", *_KEYS[key], "-nodes", "-keyout", "root.key", "-out", "root.pem", *name, *allowed)
        name = ("-subj", "/O=Town hall of Velmora/CN=Clock")
        self._run("req", "-new", *_KEYS[key], "-nodes", "-keyout", "signer.key", "-out", "signer.csr", *name)
        uses = f"extendedKeyUsage={usage}\n" if usage else ""
        (folder / "uses").write_text(f"basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n{uses}")
        issued = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30", "-extfile", "uses")
        self._run("x509", "-req", "-in", "signer.csr", *issued, "-out", "signer.pem")
        (folder / "serial").write_text("01\n")
        certs = f"certs = {self.root}" if chain else f"certs = {folder}/signer.pem"
        (folder / "config").write_text(_CONFIG.format(folder=folder, certs=certs))

    def answer(self, query: bytes) -> bytes:
        """The response to *query*, whatever it says."""
        (self._folder / "query").write_bytes(query)
        self._run("ts", "-reply", "-config", "config", "-queryfile", "query", "-out", "response")
        return (self._folder / "response").read_bytes()

    def _run(self, *arguments: str) -> None:
        openssl(self._folder, *arguments)
