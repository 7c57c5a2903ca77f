"""``python -m workers.schedule``: the clock of the periodic jobs. Run one; two do no harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from redis import Redis
from rq.cron import CronScheduler

from reports_service.core.queue import JOB_TIMEOUT_S, QUEUE
from workers import jobs
from workers.task import app, quiet_rq


@dataclass(frozen=True)
class Periodic:
    """A job and the seconds between two of its runs."""

    job: Callable[[], object]
    every_s: int


SCHEDULE = (
    Periodic(jobs.sweep_outbox, 15),
    Periodic(jobs.climb_ladders, 20),
    Periodic(jobs.keep_daily_head, 1800),
    Periodic(jobs.check_audit_log, 1800),
    Periodic(jobs.count_quality, 1800),
    Periodic(jobs.send_digests, 600),
    Periodic(jobs.close_months, 3600),
    Periodic(jobs.check_closed_months, 24 * 3600),
    Periodic(jobs.look_at_tables, 24 * 3600),
    Periodic(jobs.sweep_orphans, 6 * 3600),
    Periodic(jobs.sweep_uploads, 3600),
    Periodic(jobs.sweep_exports, 6 * 3600),
    Periodic(jobs.forget_people, 3600),
    Periodic(jobs.forget_effects, 24 * 3600),
    Periodic(jobs.forget_drafts, 24 * 3600),
    Periodic(jobs.forget_sign_ins, 24 * 3600),
)
LONGEST_WAIT_S = 300  # in the queue: while no worker runs, runs do not pile up


def main() -> None:
    """Enqueue every job at its time until SIGTERM or SIGINT. Ends when Redis is lost."""
    scheduler = CronScheduler(Redis.from_url(app().config["REDIS_URL"]))
    quiet_rq()
    for periodic in SCHEDULE:
        scheduler.register(
            periodic.job,
            QUEUE,
            interval=periodic.every_s,
            job_timeout=JOB_TIMEOUT_S,
            result_ttl=0,
            failure_ttl=3600,
            ttl=min(periodic.every_s, LONGEST_WAIT_S),
        )
    scheduler.start()


if __name__ == "__main__":
    main()
