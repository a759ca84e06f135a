"""Mail through a real SMTP server on this machine, and the outbox where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import procrastinate
import pytest
from aiosmtpd.smtp import SMTP
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from sqlalchemy import func, select, text

from tests.conftest import NOON, running_client
from tierslieux.app import create_app
from tierslieux.settings import Settings, SettingsError, read_settings
from tierslieux.shared.time import FixedClock
from tierslieux.web.db import Database
from tierslieux.web.jobs import JobServices, create_queue, defer, open_queue
from tierslieux.web.mailer import (
    CalendarFile,
    Mail,
    compose,
    enqueue_mail,
    forget_old_mails,
    is_mail_address,
    send_mail,
)
from tierslieux.web.models import MailRow
from tierslieux.web.observability import configure_logs
from tierslieux.web.smtp import Outbox, Post, SmtpServer
from tierslieux.web.worker import run_due_jobs

CLOCK = FixedClock(NOON)
GUEST = UUID("0193f3c2-0000-7000-8000-000000000001")
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nSUMMARY:Réservation\r\nEND:VCALENDAR\r\n"
MAIL = Mail(
    place_id=4821,
    cause="booking 0193f3c2 confirmed",
    recipient_id=GUEST,
    to="camille@exemple.fr",
    subject="Réservation confirmée : mardi 24 mars, 9 h 30",
    text="Bonjour,\n\nVotre place est réservée à la médiathèque.\n",
    html="<p>Votre place est réservée à la <b>médiathèque</b>.</p>",
    calendar=CalendarFile(ICS),
)


@dataclass
class Mailbox:
    """What a real SMTP server was given; ``answer`` is what it says to the next recipient."""

    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append(message_from_bytes(envelope.content, policy=policy.SMTP))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def smtp(mailbox: Mailbox) -> AsyncIterator[SmtpServer]:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield SmtpServer.from_url(f"smtp://127.0.0.1:{port}", "tierslieux <bonjour@exemple.fr>")


@dataclass
class Office:
    """The database, the queue and the way out, without a web server."""

    database: Database
    queue: procrastinate.App

    async def store(self, mail: Mail = MAIL) -> bool:
        async with self.database.write() as session:
            return await enqueue_mail(session, CLOCK, mail)

    async def run(self, post: Post) -> None:
        await run_due_jobs(self.queue, JobServices(self.database, CLOCK, post))

    async def row(self) -> MailRow:
        async with self.database.write() as session:
            return (await session.execute(select(MailRow))).scalar_one()

    async def jobs(self) -> int:
        async with self.database.read_pool.connection() as reads:
            row = await (
                await reads.execute(
                    "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'send_mail'"
                )
            ).fetchone()
        return int(row[0]) if row else 0


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Office]:
    database = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=2)
    queue = create_queue(database, [])
    await database.open()
    try:
        async with open_queue(queue, database):
            yield Office(database, queue)
    finally:
        await database.close()


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    async with opened(settings) as running:
        yield running


async def test_a_mail_arrives_with_its_text_its_page_and_its_calendar_file(
    office: Office, smtp: SmtpServer, mailbox: Mailbox
) -> None:
    await office.store()
    await office.run(smtp)
    (message,) = mailbox.received
    parts = {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}
    assert mailbox.recipients == ["camille@exemple.fr"]
    assert message["Subject"] == MAIL.subject
    assert message["From"] == "tierslieux <bonjour@exemple.fr>"
    assert parts["text/plain"].get_content().replace("\r\n", "\n") == MAIL.text
    assert "<b>médiathèque</b>" in parts["text/html"].get_content()
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["text/calendar"].get_content().splitlines() == ICS.splitlines()


async def test_the_message_is_erased_as_soon_as_the_server_took_it(office: Office, smtp: SmtpServer) -> None:
    await office.store()
    await office.run(smtp)
    row = await office.row()
    assert (row.message, row.sent_at) == (None, NOON)


async def test_a_second_run_sends_nothing(office: Office, smtp: SmtpServer, mailbox: Mailbox) -> None:
    await office.store()
    await office.run(smtp)
    await office.run(smtp)
    assert len(mailbox.received) == 1


async def test_one_cause_is_mailed_once_to_a_person(office: Office, smtp: SmtpServer, mailbox: Mailbox) -> None:
    assert await office.store()
    await office.run(smtp)
    assert not await office.store()
    await office.run(smtp)
    assert len(mailbox.received) == 1


async def test_another_person_and_another_cause_are_other_mails(
    office: Office, smtp: SmtpServer, mailbox: Mailbox
) -> None:
    for mail in (MAIL, replace_mail(recipient_id=uuid4()), replace_mail(cause="booking 0193f3c2 cancelled")):
        assert await office.store(mail)
    await office.run(smtp)
    assert len({message["Message-ID"] for message in mailbox.received}) == 3


async def test_a_transaction_that_is_rolled_back_sends_nothing(
    office: Office, smtp: SmtpServer, mailbox: Mailbox
) -> None:
    async with office.database.sessions() as session:
        await enqueue_mail(session, CLOCK, MAIL)
        await session.rollback()
    await office.run(smtp)
    assert mailbox.received == []
    assert await office.jobs() == 0


async def test_a_crash_between_storing_and_sending_loses_nothing(
    settings: Settings, smtp: SmtpServer, mailbox: Mailbox
) -> None:
    async with opened(settings) as before:
        await before.store()
    async with opened(settings) as after:
        await after.run(smtp)
    assert len(mailbox.received) == 1


async def test_a_server_that_is_away_delays_the_mail_and_keeps_it(
    office: Office, smtp: SmtpServer, mailbox: Mailbox
) -> None:
    mailbox.answer = "451 try again later"
    await office.store()
    await office.run(smtp)
    assert (await office.row()).message is not None
    assert await office.jobs() == 1
    mailbox.answer = "250 OK"
    await make_due(office)
    await office.run(smtp)
    assert len(mailbox.received) == 1


async def test_every_try_carries_the_same_message_id(office: Office, smtp: SmtpServer, mailbox: Mailbox) -> None:
    await office.store()
    await office.run(smtp)
    async with office.database.write() as session:  # as after a crash before COMMIT
        row = (await session.execute(select(MailRow))).scalar_one()
        row.message, row.sent_at = compose(MAIL).as_bytes(), None
    async with office.database.write() as session:
        await defer(session, send_mail, place_id=4821, mail_id=str(row.mail_id))
    await office.run(smtp)
    assert len(mailbox.received) == 2
    assert len({message["Message-ID"] for message in mailbox.received}) == 1


async def test_a_mailbox_that_does_not_exist_is_not_tried_again_and_its_mail_is_erased(
    office: Office, smtp: SmtpServer, mailbox: Mailbox
) -> None:
    mailbox.answer = "550 no such mailbox"
    await office.store()
    await office.run(smtp)
    row = await office.row()
    assert (row.message, row.sent_at, await office.jobs()) == (None, None, 0)


async def test_no_line_of_the_logs_holds_an_address_or_a_text(
    office: Office, smtp: SmtpServer, mailbox: Mailbox, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logs("INFO")
    for answer in ("451 camille@exemple.fr is busy", "550 no camille@exemple.fr here"):
        mailbox.answer = answer
        await office.store(replace_mail(cause=answer))
        await office.run(smtp)
    said = "".join(capfd.readouterr())
    assert "mail_refused" in said
    assert "camille" not in said
    assert "médiathèque" not in said


async def test_messages_nobody_took_are_erased_after_thirty_days(office: Office) -> None:
    await office.store()
    for days, kept in ((29, True), (31, False)):
        async with office.database.write() as session:
            await forget_old_mails(session, FixedClock(NOON + timedelta(days=days)))
        assert ((await office.row()).message is not None) is kept
    async with office.database.write() as session:
        await forget_old_mails(session, FixedClock(NOON + timedelta(days=401)))
        assert (await session.execute(select(func.count()).select_from(MailRow))).scalar_one() == 0


@given(st.text(), st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_subject_and_no_text_adds_a_header(subject: str, body: str) -> None:
    try:
        raw = compose(replace_mail(subject=subject + "\r\nBcc: x@exemple.fr", text=body, html=None, calendar=None))
    except UnicodeEncodeError:
        return  # lone surrogates cannot come from a request: JSON and forms are UTF-8
    again = message_from_bytes(raw.as_bytes(), policy=policy.SMTP)
    assert set(again.keys()) <= {
        "To", "Subject", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["a@b.fr\nBcc: x@exemple.fr", "a@b.fr, c@d.fr", "", "@b.fr", "a@", "a b@c.fr", "<a@b.fr>", "a" * 300 + "@b.fr"],
)
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    assert not is_mail_address(address)
    with pytest.raises(ValueError, match="not a mail address"):
        compose(replace_mail(to=address))


def replace_mail(**changes: Any) -> Mail:
    return Mail(**({name: getattr(MAIL, name) for name in MAIL.__struct_fields__} | changes))


async def make_due(office: Office) -> None:
    async with office.database.write() as session:
        await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtp://relais.exemple.fr", 25, "smtp"),
        ("smtps://u%40x:p%3A%2F@mail.exemple.fr", 465, "smtps"),
        ("smtp+starttls://u:p@mail.exemple.fr:2525/", 2525, "smtp+starttls"),
    ],
)
def test_the_server_is_given_by_one_address(url: str, port: int, security: str) -> None:
    server = SmtpServer.from_url(url, "a@b.fr")
    assert (server.port, server.security) == (port, security)
    assert "p:/" not in repr(server)


@pytest.mark.parametrize("url", ["mail.exemple.fr", "http://mail.exemple.fr", "smtp://", "smtp://host:port"])
def test_an_address_that_is_no_mail_server_stops_the_start(url: str) -> None:
    env = {"TIERSLIEUX_DATABASE_URL": "postgresql:///x", "TIERSLIEUX_SECRET": "s" * 40, "TIERSLIEUX_SMTP_URL": url}
    with pytest.raises(SettingsError, match="TIERSLIEUX_SMTP_URL"):
        read_settings(env, state_dir=Path())


async def test_without_a_server_mails_are_read_in_the_outbox(office: Office, app: Litestar) -> None:
    await office.store()
    await office.run(Outbox())
    async with running_client(app, "http://localhost:8000") as client:
        (mail,) = (await client.get("/dev/outbox?format=json")).json()
        page = (await client.get("/dev/outbox")).text
    assert mail == {
        "id": mail["id"],
        "to": "camille@exemple.fr",
        "subject": MAIL.subject,
        "text": MAIL.text,
        "html": (MAIL.html or "") + "\n",
        "calendar": ICS.replace("\r\n", "\n"),
        "message_id": mail["message_id"],
        "at": "2027-03-24T12:00:00Z",
    }
    assert MAIL.subject in page


async def test_the_outbox_is_not_there_through_another_name_or_with_a_server(settings: Settings) -> None:
    async with running_client(create_app(settings), "http://tierslieux.exemple.fr") as client:
        assert (await client.get("/dev/outbox?format=json")).status_code == 404
        assert (await client.put("/dev/clock", json={"now": "2027-03-26T09:00:00+01:00"})).status_code == 404
    sending = {name: getattr(settings, name) for name in settings.__struct_fields__}
    with_server = Settings(**(sending | {"smtp_url": "smtp://127.0.0.1:9"}))
    async with running_client(create_app(with_server)) as client:
        assert (await client.get("/dev/outbox?format=json")).status_code == 404
    public = Settings(**(sending | {"public_url": "https://tierslieux.exemple.fr", "test_clock": False}))
    async with running_client(create_app(public), "http://127.0.0.1:8000") as client:
        assert (await client.get("/dev/outbox?format=json")).status_code == 404
