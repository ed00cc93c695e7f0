"""Runs moto, which keeps its state in memory, so that the state outlives it.

    python3 moto_server.py PORT JOURNAL

Every request that changes something is appended to JOURNAL before it is carried out; at the start the journal
is carried out again. moto has a recorder of its own, but that one keeps reads too (a demo that polls would
take minutes to come back), and after a replay the ids are others: here each change seeds moto's chance with
its own number, and they take turns, so UserIds and access keys are the same again. Only creation dates are
new. The port opens once everything is restored.
"""

import base64
import io
import json
import os
import re
import signal
import sys
import threading

from moto.moto_api._internal import mock_random
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple
from werkzeug.test import create_environ, run_wsgi_app

LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?")
READS = re.compile(rb"(?:^|&)Action=(?:Get|List|Simulate|Generate)")
KEPT = ("HTTP_AUTHORIZATION", "HTTP_HOST", "HTTP_X_AMZ_TARGET", "CONTENT_TYPE", "QUERY_STRING")


class NoWebPages:
    """Refuses what a web page sends, because every page in a browser can reach the ports of this machine (T42).

    moto accepts any credentials. No program that signs requests for AWS sends these headers of browsers.
    """

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        if not LOOPBACK.fullmatch(environ.get("HTTP_HOST", "")):
            return self.refuse("421 Misdirected Request", start_response)
        if "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ:
            return self.refuse("403 Forbidden", start_response)
        return self.app(environ, start_response)

    def refuse(self, status, start_response):
        start_response(status, [("Content-Type", "text/plain"), ("Connection", "close")])
        return [b"This sandbox responds to programs on this machine only.\n"]


class Journal:
    def __init__(self, app, path):
        self.app, self.path, self.turn, self.number = app, path, threading.Lock(), 0

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if environ["REQUEST_METHOD"] == "GET" or READS.search(body):
            return self.app(environ, start_response)
        with self.turn:
            entry = {key: environ[key] for key in KEPT if key in environ}
            entry |= {"method": environ["REQUEST_METHOD"], "path": environ["PATH_INFO"]}
            with open(self.path, "a") as file:
                file.write(json.dumps(entry | {"body": base64.b64encode(body).decode()}) + "\n")
            return self.apply(environ, start_response)

    def apply(self, environ, start_response):
        self.number += 1
        mock_random.seed(self.number)
        return list(self.app(environ, start_response))

    def restore(self):
        try:
            with open(self.path) as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return
        with open(self.path, "w") as file:  # without a last line that a kill left half written
            for line in lines:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                file.write(line + "\n")
                body = base64.b64decode(entry["body"])
                environ = create_environ(entry["path"], method=entry["method"], data=body)
                environ |= {key: entry[key] for key in KEPT if key in entry}
                run_wsgi_app(self.apply, environ)


class Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


def main(port, path):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    os.umask(0o077)  # the journal holds whatever was sent
    journal = Journal(DomainDispatcherApplication(create_backend_app), path)
    journal.restore()
    run_simple("127.0.0.1", port, NoWebPages(journal), threaded=True, request_handler=Quiet)


main(int(sys.argv[1]), sys.argv[2])
