"""A process that sends what is due, for a test to kill: URL, port of the server."""

import sys

from tests.databases import VAULT

from bramka.app.clock import SystemChance, SystemClock
from bramka.portals.carrier import Server, SmtpCarrier
from bramka.portals.postman import Postman
from bramka.store.database import open_database
from bramka.store.transaction import Store

LEASE = 1.0

if __name__ == "__main__":
    store = Store(open_database(sys.argv[1]), VAULT, SystemClock())
    server = Server(host="127.0.0.1", port=int(sys.argv[2]), security="none")
    Postman(store, SmtpCarrier(server), SystemChance(), lease=LEASE).deliver()
