"""A receiver that checks signatures with the `standardwebhooks` package of PyPI. Prints its port when it listens; answers 204
to what is genuine and 401, with the reason, to what is not."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks.webhooks import Webhook

WEBHOOK = Webhook(os.environ["RECEIVER_SECRET"])


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            WEBHOOK.verify(body, dict(self.headers))
        except Exception as error:
            self.answer(401, repr(error).encode())
        else:
            self.answer(204, b"")

    def answer(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
