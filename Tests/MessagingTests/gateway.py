"""A gateway on loopback for the tests: takes messages by HTTP as Twilio, FCM, a webhook and Daily do.

Usage: gateway.py FOLDER. Prints one line of JSON with its ports and the certificate, and runs until standard
input ends. Each request lies in FOLDER, a file of JSON; a key that has come before is noted as a repeat. The
path says how it behaves: /ok/…, /429/…, /hang/…; what follows, which contract it answers by."""
import http.server
import json
import os
import ssl
import subprocess
import sys
import threading

folder = sys.argv[1]
certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
     "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
     "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
    check=True, stderr=subprocess.DEVNULL)

GOOD = {"sms": {"sid": "SM0123", "status": "queued", "error_code": None},
        "push": {"name": "projects/clinic/messages/0:1%a"}, "webhook": {"id": "w-1"}}
BAD = {"sms": {"sid": "SM0123", "status": "failed", "error_code": 30003},
       "push": {"error": {"status": "UNAVAILABLE", "message": "+12125550147 is unknown to us"}},
       "webhook": {"id": "w-1", "error": "+12125550147 is unknown to us"}}
# Of the recipient: status and body.
GONE = {"sms": (400, {"code": 21610, "message": "+12125550147 has said STOP", "status": 400}),
        "push": (404, {"error": {"status": "NOT_FOUND", "details": [{"errorCode": "UNREGISTERED"}]}}),
        "webhook": (410, {})}
lock, count = threading.Lock(), 0
# Of each clinic, as Daily keeps them: a room's properties by its name.
rooms = {}
over = threading.Event()


class Gateway(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def note(self, body):
        global count
        with lock:
            count += 1
            name = os.path.join(folder, f"{count:06}")
        with open(name + ".draft", "w", encoding="utf-8") as file:
            json.dump({"method": self.command, "path": self.path, "body": body,
                       "headers": {name.lower(): value for name, value in self.headers.items()},
                       "peer": self.client_address[1]}, file)
        os.rename(name + ".draft", name + ".request")

    def answer(self, status, body, **headers):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def daily(self, body=None):
        parts = self.path.split("/")
        clinic, name = parts[2], parts[4] if len(parts) > 4 else None
        if clinic == "down":
            return self.answer(503, b"")
        if clinic == "lies":
            return self.answer(200, {"error": "no room left", "token": self.headers["Authorization"]})
        with lock:
            mine = rooms.setdefault(clinic, {})
            if self.command == "POST":
                room = json.loads(body)
                if room["name"] in mine or room["privacy"] != "private":
                    return self.answer(400, {"error": "invalid-request-error"})
                mine[room["name"]] = room["properties"]
                return self.answer(200, {"name": room["name"], "config": room["properties"]})
            if name is None:
                return self.answer(200, mine)
            if name not in mine:
                return self.answer(404, {"error": "not-found"})
            if self.command == "DELETE":
                del mine[name]
                return self.answer(200, {"deleted": True, "name": name})
            return self.answer(200, {"name": name, "config": mine[name]})

    def do_GET(self):
        self.daily()

    def do_DELETE(self):
        self.daily()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self.note(body)
        _, way, contract = self.path.split("/")[:3]
        if way == "daily":
            self.daily(body)
        elif way == "ok":
            self.answer(201, GOOD[contract])
        elif way == "gone":
            self.answer(*GONE[contract])
        elif way == "error":
            self.answer(200, BAD[contract])
        elif way == "empty":
            self.answer(200, {})
        elif way == "html":
            self.answer(200, b"<html>Welcome to the network</html>")
        elif way == "busy":
            self.answer(429, {"code": 20429}, Retry_After="120")
        elif way == "forever":
            self.answer(429, {}, Retry_After="99999999")
        elif way == "denied":
            self.answer(401, {"code": 20003, "message": self.headers.get("Authorization", "")})
        elif way == "down":
            self.answer(503, b"")
        elif way == "redirect":
            self.answer(302, b"", Location=f"/ok/{contract}")
        elif way == "long":
            self.long()
        elif way == "hang":
            over.wait()
        elif way == "drip":
            self.drip()

    def long(self):
        self.send_response(200)
        self.send_header("Content-Length", str(10 << 20))
        self.end_headers()
        try:
            for _ in range(160):
                self.wfile.write(b" " * 65536)
        except OSError:
            self.close_connection = True

    def drip(self):
        """A byte now and then, which no limit on silence would end."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        try:
            while not over.wait(0.05):
                self.wfile.write(b" ")
        except OSError:
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


servers = {"http": Server(("127.0.0.1", 0), Gateway), "https": Server(("127.0.0.1", 0), Gateway)}
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)
servers["https"].socket = context.wrap_socket(servers["https"].socket, server_side=True)
for server in servers.values():
    threading.Thread(target=server.serve_forever, daemon=True).start()
ports = {name: server.server_address[1] for name, server in servers.items()}
print(json.dumps({"ports": ports, "certificate": certificate}), flush=True)
sys.stdin.read()
over.set()
os._exit(0)
