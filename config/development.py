"""The embedded mode of bin/run: everything in one data folder, nothing to install or to decide."""

from __future__ import annotations

import os

from config.environment import data_dir
from config.secret import kept_secret

# Made once and kept in DATA_DIR, readable by its owner only, unless the environment gives one.
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(data_dir())

# A person reads these lines.
LOG_FORMAT = os.environ.get("LOG_FORMAT") or "console"
