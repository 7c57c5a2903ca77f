"""``python -m workers.run``: an RQ worker on the queue of effects.

The application is imported before the fork, so that a job starts warm. No database connection may
live on both sides of a fork: the parent closes its own each time.
"""

from __future__ import annotations

import logging
import os
import signal
import time

from redis import Redis
from rq import Worker
from rq.job import Job
from rq.queue import Queue
from sqlalchemy.exc import SQLAlchemyError

from reports_service.core.db import db
from reports_service.core.queue import QUEUE
from reports_service.core.reference import Snapshot
from workers import jobs
from workers.task import STOP_SIGNAL, app, quiet_rq, stopping

# A worker that vanished with its work-horse is missed after a minute; with RQ's defaults 810 s.
WORKER_TTL_S = 20
MONITORING_INTERVAL_S = 5
MAINTENANCE_INTERVAL_S = 5
WARM_FOR_S = 5.0
LOOKS_FOR_REDIS_EVERY_S = 5.0  # at the longest, while it is away; RQ's own pauses reach 60 s
log = logging.getLogger(__name__)


class EffectsWorker(Worker):
    """Forks a work-horse per job, as RQ does, warm; on SIGTERM the horse ends after one effect."""

    log_job_description = False
    max_connection_wait_time = LOOKS_FOR_REDIS_EVERY_S
    _warmed = float("-inf")

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Bring what is kept in memory up to date, so that horses inherit it; then fork."""
        if time.monotonic() - self._warmed > WARM_FOR_S:
            _warm_up()
            self._warmed = time.monotonic()
        super().fork_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        """In the horse: hear the parent's wish to stop."""
        super().setup_work_horse_signals()
        signal.signal(STOP_SIGNAL, stopping.ask)

    def handle_warm_shutdown_request(self) -> None:
        """In the parent, on SIGTERM: wait for the horse, and ask it to be quick."""
        super().handle_warm_shutdown_request()
        if self.horse_pid:
            os.kill(self.horse_pid, STOP_SIGNAL)


def _warm_up() -> None:
    with app().app_context():
        try:
            Snapshot.renew_all()
        except SQLAlchemyError as away:
            log.warning("reference data could not be renewed before a job: %s", away)
        finally:
            db.session.remove()
            db.engine.dispose()


def main() -> None:
    """Work until SIGTERM or SIGINT; a second one, a second later, gives up the job at hand."""
    redis = Redis.from_url(app().config["REDIS_URL"])
    quiet_rq()
    log.info("performs %s", ", ".join(sorted(body.__name__ for body in jobs.PERFORMED)))
    signal.signal(STOP_SIGNAL, signal.SIG_IGN)  # until a horse listens: the default would kill it
    worker = EffectsWorker(
        [QUEUE],
        connection=redis,
        worker_ttl=WORKER_TTL_S,
        job_monitoring_interval=MONITORING_INTERVAL_S,
        maintenance_interval=MAINTENANCE_INTERVAL_S,
        log_job_description=False,
    )
    worker.work(logging_level=None)


if __name__ == "__main__":
    main()
