"""1022: field reports from citizens, routed, timed, worked on, resolved and counted."""

from __future__ import annotations

import gc

gc.disable()  # nothing of what is loaded is garbage: looking for some took a sixth of each start

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask_migrate import Migrate

import config
from reports_service.accounts.callers import actor_of_bearer
from reports_service.accounts.oidc import init_oidc
from reports_service.api import init_api
from reports_service.core import clock
from reports_service.core.answers import OrjsonProvider
from reports_service.core.auth import init_auth
from reports_service.core.cookies import HostRequest
from reports_service.core.db import db
from reports_service.core.health import init_health
from reports_service.core.http_errors import init_errors
from reports_service.core.logging import configure_logging, init_request_logging
from reports_service.core.patience import engine_options
from reports_service.core.queue import init_queue
from reports_service.core.storage import Storage
from reports_service.docs import init_docs
from reports_service.edges.headers import init_headers
from reports_service.edges.rates import init_rates
from reports_service.notifications.mail import init_mail
from reports_service.notifications.push.sending import init_push
from reports_service.sla.service import use_zone
from reports_service.web.views import init_web

gc.freeze()  # nor will it become garbage: the first look would walk through all of it
gc.enable()
MIGRATIONS = str(Path(__file__).parents[1] / "migrations")


def create_app(config_name: str | None = None, **overrides: Any) -> Flask:
    """The application. ``config_name`` is a module of ``config/`` (default: $REPORTS_CONFIG, else
    ``development``); ``overrides`` are configuration keys that win over it.
    """
    app = Flask(__name__, static_folder=None)
    app.request_class = HostRequest
    app.config.from_mapping(config.load(config_name))
    app.config.update(overrides)
    configure_logging(app.config["LOG_LEVEL"], app.config["LOG_FORMAT"])
    config.check_running(config_name, app.config)
    app.json = OrjsonProvider(app)
    app.config.setdefault(
        "SQLALCHEMY_ENGINE_OPTIONS",
        engine_options(app.config["SQLALCHEMY_DATABASE_URI"], app.config["DATABASE_WAIT_S"]),
    )
    db.init_app(app)
    Migrate(app, db, directory=MIGRATIONS, render_as_batch=True, compare_type=True)
    app.extensions["storage"] = Storage(app.config["PHOTO_STORE"])
    clock.follow(app.config["CLOCK_STEP_FILE"])
    use_zone(ZoneInfo(app.config["TZ_NAME"]))
    init_queue(app)
    init_mail(app)
    init_push(app)
    init_oidc(app)
    init_request_logging(app)
    init_headers(app)
    init_rates(app)
    init_auth(app, actor_of_bearer)
    init_errors(app)
    init_health(app)
    init_api(app)
    init_docs(app)
    init_web(app)
    return app
