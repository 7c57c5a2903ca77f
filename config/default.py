"""Every key of the configuration, its meaning and its default; the environment goes first."""

from __future__ import annotations

import os

from config.environment import data_dir, database_url, flag, names, queue_url

# Where the embedded database, the queue, photos, mail and the key are kept. Environment: DATA_DIR.
DATA_DIR = str(data_dir())

# The database: sqlite:///… or postgresql://… (15 or later). Environment: DATABASE_URL.
SQLALCHEMY_DATABASE_URI = database_url()

# Seconds that a process waits for the database (a connection, an answer, a lock, on SQLite the turn
# to write) before it says that it is away. None: as long as it takes, as workers and commands do.
DATABASE_WAIT_S = None

# The same for the processes that serve: people and apps wait for the answer, and try again.
# Environment: WEB_DATABASE_WAIT_S.
WEB_DATABASE_WAIT_S = float(os.environ.get("WEB_DATABASE_WAIT_S") or 3)

# Redis or Valkey; only a wake-up, what must happen stands in the database. Environment: REDIS_URL.
# Default: the socket of the queue server that bin/run starts in DATA_DIR.
REDIS_URL = queue_url()

# Photos: a folder, or s3://bucket/prefix. Environment: PHOTO_STORE.
PHOTO_STORE = os.environ.get("PHOTO_STORE") or str(data_dir() / "photos")

# The secret that all keys are derived from: sessions, tracking tokens, the chain of events,
# reporters' data. Lost, none of these can be read again. Environment: SECRET_KEY.
SECRET_KEY = os.environ.get("SECRET_KEY", "")

# Secrets that SECRET_KEY had before, the newest first, until bin/reports keys rotate is done with
# them: what was sealed or encrypted under them is still read. Environment: SECRET_KEYS_OLD, with
# spaces between.
SECRET_KEYS_OLD = tuple(os.environ.get("SECRET_KEYS_OLD", "").split())

# The time zone that people's days and working hours are counted in. Environment: TZ_NAME.
TZ_NAME = os.environ.get("TZ_NAME") or "Asia/Ho_Chi_Minh"

# Whether an empty database gets the demo province and demo accounts. Environment: DEMO=0 or 1.
DEMO = flag("DEMO", default=True)

# The address people reach the service by; links in notices begin with it.
# Environment: PUBLIC_URL, else http://127.0.0.1 with PORT.
PUBLIC_URL = os.environ.get("PUBLIC_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or 8022}"

# The province's two-digit code (80 is Tây Ninh); it prefixes what is exported.
PROVINCE_CODE = os.environ.get("PROVINCE_CODE") or "80"

# The mail server: smtp://user:password@host:587 or smtps://…; none: mails are written as .eml
# files into MAIL_FOLDER. Environment: MAIL_URL.
MAIL_URL = os.environ.get("MAIL_URL") or None

# Where mails are written when there is no mail server.
MAIL_FOLDER = str(data_dir() / "mail")

# The sender of notices. Environment: MAIL_FROM.
MAIL_FROM = os.environ.get("MAIL_FROM") or "1022 <no-reply@demo.example>"

# A Nominatim-compatible server for addresses; none: the areas' own names serve.
# Environment: GEOCODER_URL.
GEOCODER_URL = os.environ.get("GEOCODER_URL") or None

# The pictures of a map, as https://server/{z}/{x}/{y}.png. None: maps show the boundaries of the
# communes alone, and nothing is loaded from elsewhere. Environment: MAP_TILES_URL.
MAP_TILES_URL = os.environ.get("MAP_TILES_URL") or None

# Who is to be named for these pictures. Environment: MAP_TILES_BY.
MAP_TILES_BY = os.environ.get("MAP_TILES_BY") or ""

# For tests of faults only: a file with the seconds by which the service's clock goes wrong;
# production does not start with it. Environment: CLOCK_STEP_FILE.
CLOCK_STEP_FILE = os.environ.get("CLOCK_STEP_FILE") or None

# Seconds to wait for the geocoder while a person waits for the form.
GEOCODER_TIMEOUT_S = 2

# Bytes of one request, photos included; more is refused before it is read.
MAX_CONTENT_LENGTH = 512 * 1024 * 1024

# Bytes of one JSON body or of the JSON part of a form.
MAX_JSON_BYTES = 1024 * 1024

# Parts of one form; more are refused while it is read.
MAX_FORM_PARTS = 200

# Bytes of the parts of one form that are no files.
MAX_FORM_MEMORY_SIZE = MAX_JSON_BYTES

# Hours until staff must sign in again.
SESSION_HOURS = 12

# The same of who did nothing meanwhile: longer than a meeting, shorter than a day at a shared desk.
SESSION_IDLE_HOURS = 3

# The least severe log line that is written: DEBUG, INFO, WARNING, ERROR. Environment: LOG_LEVEL.
LOG_LEVEL = os.environ.get("LOG_LEVEL") or "INFO"

# json (for machines) or console (for people). Environment: LOG_FORMAT.
LOG_FORMAT = os.environ.get("LOG_FORMAT") or "json"

# Bytes of one photo; a larger one is rejected, its report is kept.
PHOTO_MAX_BYTES = 25 * 1024 * 1024

# Pixels of one photo; decoding 50 megapixels of HEIC takes about 400 MB of memory.
PHOTO_MAX_PIXELS = 50_000_000

# Photos of one report; surplus ones are rejected, the report is kept.
PHOTOS_PER_REPORT = 10

# Photos of one network address that arrived piece by piece and wait for their reports. Many
# telephones share an address.
UPLOADS_OF_ONE_ADDRESS = 200

# How many proxies of ours stand between people and the service: that many of the addresses that a
# request was passed on from are believed. Environment: PROXIES.
PROXIES = int(os.environ.get("PROXIES") or 0)

# A point outside all areas belongs to the nearest one up to this distance, in metres…
NEAR_AREA_M = 1_000

# …is kept for an operator to look at up to this one, and refused beyond it.
KEPT_OUTSIDE_M = 20_000

# The day of the month on which the month before closes by itself: its figures freeze, leaders get
# the report by mail. A day that a month lacks is its last one; 0: only an administrator closes.
# Environment: CLOSE_MONTH_ON_DAY.
CLOSE_MONTH_ON_DAY = int(os.environ.get("CLOSE_MONTH_ON_DAY") or 10)

# How often is enough, for each use of the service: requests of one sender (a device by its cookie
# or tracking token, an account by its session or key), and of one network address, which a whole
# village or all telephones of a carrier may share. As "times/unit" or "times/2 hours".
RATES = {
    "filing": ("60/hour", "3000/hour"),
    "uploads": ("6000/hour", "60000/hour"),
    "searches": ("300/minute", "6000/minute"),
    "feeds": ("60/minute", "1200/minute"),
    "exports": ("300/hour", "3000/hour"),
    "changes": ("600/minute", "6000/minute"),
    "reading": ("1200/minute", "12000/minute"),
}

# All of them times this: 10 where a proxy hides many people, 0 to count nothing (benchmarks).
# Environment: RATE_FACTOR.
RATE_FACTOR = float(os.environ.get("RATE_FACTOR") or 1)

# Roles that must show a second factor (a code of their telephone) at each sign-in: an account of
# one of them that has none must set it up before anything else. All others may.
# Environment: SECOND_FACTOR_ROLES, with commas; none: nobody must.
SECOND_FACTOR_ROLES = frozenset(names("SECOND_FACTOR_ROLES", ()))

# Names of this place that no password may be built of, besides those in docs/passwords.md: the
# province, its towns and districts, how people call the service. Case, accents and blanks do not
# count. Environment: PASSWORD_WORDS, with commas; none: no further ones.
PASSWORD_WORDS = tuple(
    names("PASSWORD_WORDS", ("Tây Ninh", "Long An", "Tân An", "Trảng Bàng", "Gò Dầu", "Hòa Thành"))
)

# Signing in by an OpenID provider, such as that of the province: its issuer, an https address in
# production. None: no such button. People come back to PUBLIC_URL/sign-in/oidc/back.
# Environment: OIDC_ISSUER.
OIDC_ISSUER = os.environ.get("OIDC_ISSUER") or None

# What the provider knows this deployment by. Environment: OIDC_CLIENT_ID.
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID") or ""

# What this deployment proves that with. Environment: OIDC_CLIENT_SECRET.
OIDC_CLIENT_SECRET = os.environ.get("OIDC_CLIENT_SECRET") or ""

# What the button says behind "Sign in with": the provider's name. Environment: OIDC_NAME.
OIDC_NAME = os.environ.get("OIDC_NAME") or "OpenID"
