"""What is forgotten by itself, and when: the rows of ``PersonalData.kept``, and what the edge itself keeps."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import structlog
from procrastinate import JobContext
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.web.i18n import mark
from tierslieux.web.idempotency import forget_old_keys
from tierslieux.web.jobs import JobServices, jobs, services_of
from tierslieux.web.limits import forget_old_hits
from tierslieux.web.mailer import erase_messages_to, forget_old_mails
from tierslieux.web.models import IdempotentRequestRow
from tierslieux.web.personal import KeptData, PersonalSlice, forgetting

FAILED_JOBS_KEPT_HOURS = 30 * 24

logger = structlog.get_logger()


class NotForgotten(Exception):
    """Some row of the table could not be worked through; the log says why, and the job is tried again."""


@jobs.periodic(cron="17 * * * *")
@jobs.task(name="tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Forget what the table says is looked at each hour, and failed jobs after 30 days."""
    await context.app.job_manager.delete_old_jobs(nb_hours=FAILED_JOBS_KEPT_HOURS, include_failed=True)
    await forget_all(services_of(context), "hour")


@jobs.periodic(cron="23 8 * * *")
@jobs.task(name="forget_personal_data", pass_context=True)
async def forget_personal_data(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Forget what the table says is looked at each day. In the morning: some of it writes to people."""
    await forget_all(services_of(context), "day")


async def forget_all(services: JobServices, every: Literal["hour", "day"]) -> None:
    """Work through the table; what fails does not keep the rest, and raises ``NotForgotten`` at the end."""
    due = [row for row in services.personal.kept if row.every == every and row.forget is not None]
    failed = [row.erased_by for row in due if not await _is_done(row, services)]
    if failed:
        raise NotForgotten(", ".join(failed))


async def _is_done(row: KeptData, services: JobServices) -> bool:
    try:
        if row.forget is not None:
            await row.forget(services)
    except Exception as exc:
        logger.error("not_forgotten", where=row.where, exc_info=exc)
        return False
    return True


async def erase_at_the_edge(session: AsyncSession, account_id: UUID, _now: object) -> None:
    """Erase the texts of mails to the person, and the answers kept for their repeated requests."""
    await erase_messages_to(session, [account_id])
    await session.execute(delete(IdempotentRequestRow).where(IdempotentRequestRow.actor_id == account_id))


EDGE = PersonalSlice(
    name="edge",
    erase=erase_at_the_edge,
    kept=(
        KeptData(
            what=mark("Texte et destinataire d'un mail"),
            where=("mail.message",),
            why=mark("Vous écrire ce que vous avez demandé"),
            until=mark("Jusqu'à ce que le serveur de mail l'ait pris ; 30 jours au plus"),
            erased_by="send_mail, tidy",
            forget=forgetting(forget_old_mails),
            every="hour",
        ),
        KeptData(
            what=mark("Trace qu'un mail est parti, sans texte ni adresse"),
            where=("mail",),
            why=mark("Ne pas écrire deux fois la même chose"),
            until=mark("400 jours"),
            erased_by="tidy",
        ),
        KeptData(
            what=mark("Réponses aux demandes d'un programme, pour ne pas les traiter deux fois"),
            where=("idempotent_request",),
            why=mark("Une demande répétée ne réserve pas deux fois"),
            until=mark("24 heures"),
            erased_by="tidy",
            forget=forgetting(forget_old_keys),
            every="hour",
        ),
        KeptData(
            what=mark("Nombre de demandes d'une même origine, sous une empreinte qui change sans cesse"),
            where=("rate_limit",),
            why=mark("Empêcher les abus ; l'adresse IP elle-même n'est pas gardée"),
            until=mark("Un jour"),
            erased_by="tidy",
            forget=forgetting(forget_old_hits),
            every="hour",
        ),
        KeptData(
            what=mark("Tâches qui ont échoué (des numéros seulement)"),
            where=("procrastinate_jobs",),
            why=mark("Trouver les pannes"),
            until=mark("30 jours"),
            erased_by="tidy",
        ),
        KeptData(
            what=mark("Journal technique : page demandée, heure, durée ; sans adresse IP ni position"),
            where=(),
            why=mark("Faire fonctionner le service et trouver les pannes"),
            until=mark("Un mois au plus"),
            erased_by="log rotation",
        ),
        KeptData(
            what=mark("Votre position, si vous choisissez « Autour de moi »"),
            where=(),
            why=mark("Classer les lieux du plus proche au plus loin"),
            until=mark(
                "Arrondie à 100 mètres environ, elle reste dans l'adresse de la page ; elle n'est pas enregistrée"
            ),
            erased_by="never stored",
        ),
    ),
)
"""What the edge keeps of people."""
