"""For the suite: a known secret, no waiting, no queue unless a test starts one."""

from __future__ import annotations

# Flask then lets errors through to the test.
TESTING = True

# Known, so that what is derived from it is the same in every run.
SECRET_KEY = "known-to-every-test-and-worth-nothing"

# None: a request must not need the queue. Tests of jobs give the address of queue_server.
REDIS_URL = None

# Mails are written as files. The fixtures give DATA_DIR, MAIL_FOLDER, PHOTO_STORE and the database.
MAIL_URL = None

# No server outside this machine is ever asked.
GEOCODER_URL = None

# The demo's calendar and days.
TZ_NAME = "Asia/Ho_Chi_Minh"

# A test moves its clock itself.
CLOCK_STEP_FILE = None

# Links in notices are compared with this.
PUBLIC_URL = "http://127.0.0.1:8022"

# Tests make what they need themselves.
DEMO = False

# Only what went wrong is worth a line in a test's report.
LOG_LEVEL = "WARNING"

# Tests ask more often than people; those of the rates count.
RATE_FACTOR = 0

# Tests pass years between two acts of one session; those of sessions ask for less.
SESSION_IDLE_HOURS = 1_000_000

# A test that is about it asks for it.
SECOND_FACTOR_ROLES: frozenset[str] = frozenset()

# No provider outside this machine is ever asked.
OIDC_ISSUER = None
