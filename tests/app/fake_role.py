"""A role that only tells it is ready: `fake_role.py NAME`, as a supervisor's child."""

import os
import signal
import sys
import time
from pathlib import Path

from bramka.app import lifeline, ready

lifeline.hold()
name = sys.argv[1]
if name == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if name == "broken":
    sys.exit("the flux is not compensated")
if name == "wordy":
    print('{"level": "info", "message": "all is well"}')
    print('{"level": "error", "message": "a wheel came off"}', flush=True)
if name == "parent" and not os.fork():
    Path(os.environ["BRAMKA_DATA"], "grandchild").write_text(str(os.getpid()))
    time.sleep(600)
ready.tell()
time.sleep(600)
