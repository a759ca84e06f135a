"""What the edge forgets by itself, and when: see docs/personal-data.md."""

from __future__ import annotations

from procrastinate import JobContext

from tierslieux.web.idempotency import forget_old_keys
from tierslieux.web.jobs import jobs, services_of
from tierslieux.web.limits import forget_old_hits
from tierslieux.web.mailer import forget_old_mails

FAILED_JOBS_KEPT_HOURS = 30 * 24


@jobs.periodic(cron="17 * * * *")
@jobs.task(name="tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Delete kept answers after 24 hours, hit counts after a day, messages and failed jobs after 30 days."""
    services = services_of(context)
    async with services.database.write() as session:
        await forget_old_keys(session, services.clock)
        await forget_old_hits(session, services.clock)
        await forget_old_mails(session, services.clock)
    await context.app.job_manager.delete_old_jobs(nb_hours=FAILED_JOBS_KEPT_HOURS, include_failed=True)
