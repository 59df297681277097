"""A mail server on loopback for the tests: aiosmtpd, as it is, behind three doors.

Usage: smtp.py FOLDER. Prints one line of JSON with the ports and the certificate, and runs until
standard input ends. What it takes lies in FOLDER, a file each: a line of JSON, then the mail. The
recipient's local part says how it behaves."""
import asyncio
import json
import os
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder = sys.argv[1]
certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
     "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
     "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
    check=True, stderr=subprocess.DEVNULL)

AT_RCPT = {"unknown": "550 5.1.1 <unknown@example.org> no such user", "full": "452 4.2.2 full"}
AT_DATA = {"spam": "554 5.7.1 rejected", "later": "451 4.3.0 try later"}
connections = 0


class Handler:
    count = 0

    def __init__(self, door):
        self.door = door

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = AT_RCPT.get(address.split("@")[0])
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        local = envelope.rcpt_tos[0].split("@")[0]
        if local == "slow":
            await asyncio.Event().wait()
        if local == "drop":
            server.transport.abort()
            return "250 OK"
        if local in AT_DATA:
            return AT_DATA[local]
        Handler.count += 1
        name = os.path.join(folder, f"{Handler.count:06}")
        said = {
            "door": self.door, "from": envelope.mail_from, "to": envelope.rcpt_tos,
            "tls": session.ssl["version"] if session.ssl else None,
            "login": session.auth_data, "peer": session.peer[1],
        }
        with open(name + ".draft", "wb") as file:
            file.write(json.dumps(said).encode() + b"\n" + envelope.original_content)
        os.rename(name + ".draft", name + ".taken")
        return "250 2.0.0 OK"


class Server(SMTP):
    """aiosmtpd says nothing of the TLS that it speaks from the start."""

    def connection_made(self, transport):
        super().connection_made(transport)
        self.note(transport)

    def note(self, transport):
        spoken = transport.get_extra_info("ssl_object")
        if spoken and self.session:
            self.session.ssl = {"version": spoken.version()}

    async def smtp_EHLO(self, hostname):
        self.note(self.transport)
        await super().smtp_EHLO(hostname)


class TLSSession(Handler):
    def handle_STARTTLS(self, server, session, envelope):
        session.ssl = None
        return True


def login(server, session, envelope, mechanism, data):
    good = data.login == b"visits" and data.password == b"a secret of the tests"
    return AuthResult(success=good, handled=False, auth_data="visits" if good else None)


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    doors = {
        "plain": (lambda: Server(Handler("plain"), hostname="localhost"), None),
        "starttls": (
            lambda: Server(
                TLSSession("starttls"), hostname="localhost", tls_context=context,
                require_starttls=True, auth_required=True, authenticator=login), None),
        "implicit": (lambda: Server(Handler("implicit"), hostname="localhost"), context),
    }
    ports = {}
    for name, (factory, tls) in doors.items():
        server = await loop.create_server(factory, "127.0.0.1", 0, ssl=tls)
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps({"ports": ports, "certificate": certificate}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
