"""What runs out is deleted; an account that nobody uses is written to, then erased."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from tests.accounts.person import Person
from tests.conftest import CHECKOUT
from tests.factories import insert, make_account, make_place
from tierslieux.accounts.domain import months_before
from tierslieux.app import PERSONAL
from tierslieux.booking import models as _booking  # noqa: F401 - its tables are looked at
from tierslieux.settings import Settings
from tierslieux.shared.errors import Conflict
from tierslieux.shared.time import FixedClock
from tierslieux.web.db import Database
from tierslieux.web.i18n import translations
from tierslieux.web.jobs import JobServices, create_queue
from tierslieux.web.personal import KeptData, PersonalData, PersonalSlice
from tierslieux.web.tables import Base as Tables
from tierslieux.web.tidying import NotForgotten, forget_all

Base = psycopg.Connection[Any]
WATCHED = {"email", "account_id", "recipient_id", "confirmed_by", "answered_by", "decided_by", "created_by"}
"""Columns that lead to a person, in whatever table."""
KEPT_BY_BOOKINGS = {"booking"}
"""Tables whose slice says for itself what it keeps."""


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[JobServices]:
    database = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=2)
    await database.open()
    create_queue(database, [])
    yield JobServices(database, at(2027, 3, 24), personal=PERSONAL, public_url="https://lieux.exemple.fr")
    await database.close()


def at(year: int, month: int, day: int) -> FixedClock:
    return FixedClock(datetime(year, month, day, 12, tzinfo=UTC))


async def each_day(services: JobServices, *clocks: FixedClock) -> None:
    for clock in clocks:
        await forget_all(replace(services, clock=clock), "day")


def seen(base: Base, email: str, day: date, **columns: Any) -> UUID:
    account = make_account(base, email=email)
    base.execute("UPDATE account SET last_seen_on = %s WHERE account_id = %s", (day, account))
    for name, value in columns.items():
        base.execute(f"UPDATE account SET {name} = %s WHERE account_id = %s".encode(), (value, account))
    return account


def emails(base: Base) -> list[str]:
    return [row[0] for row in base.execute("SELECT email FROM account ORDER BY email")]


def mails(base: Base) -> list[str]:
    """Recipient, subject and text of each mail."""
    found = []
    for (stored,) in base.execute("SELECT message FROM mail ORDER BY created_at").fetchall():
        message = message_from_bytes(stored, policy=policy.SMTP)
        text = next(part for part in message.walk() if part.get_content_type() == "text/plain").get_content()
        found.append(f"{message['To']}\n{message['Subject']}\n{text}")
    return found


async def test_an_unused_account_is_written_to_after_eleven_months_and_erased_after_twelve(
    services: JobServices, base: Base
) -> None:
    seen(base, "ancienne@exemple.fr", date(2026, 4, 24))
    await each_day(services, at(2027, 3, 23))
    assert mails(base) == []
    await each_day(services, at(2027, 3, 24), at(2027, 3, 25), at(2027, 4, 23))
    assert len(mails(base)) == 1
    assert "sera effacé le 24 avril 2027" in mails(base)[0]
    assert emails(base) == ["ancienne@exemple.fr"]
    await each_day(services, at(2027, 4, 24))
    assert emails(base) == []


async def test_an_account_is_never_erased_without_a_month_of_notice(services: JobServices, base: Base) -> None:
    seen(base, "oubliee@exemple.fr", date(2020, 1, 1))
    await each_day(services, at(2027, 3, 24), at(2027, 4, 23))
    assert emails(base) == ["oubliee@exemple.fr"]
    await each_day(services, at(2027, 4, 24))
    assert emails(base) == []


async def test_the_notice_is_in_the_language_of_the_account(services: JobServices, base: Base) -> None:
    seen(base, "old@exemple.fr", date(2026, 1, 1), locale="en")
    await each_day(services, at(2027, 3, 24))
    assert "will be erased on 24 April 2027" in mails(base)[0]
    assert "https://lieux.exemple.fr/en/connexion" in mails(base)[0]


async def test_who_signs_in_after_the_notice_keeps_the_account(person: Person, base: Base) -> None:
    seen(base, person.email, date(2026, 4, 20))
    await person.client.put("/dev/clock", json={"now": "2027-03-24T12:00:00Z"})
    assert "sera effacé le" in (await person.mails())[0]["subject"]
    await person.sign_in()
    await person.client.put("/dev/clock", json={"now": "2027-05-24T12:00:00Z"})
    assert emails(base) == [person.email]


async def test_an_old_notice_of_another_year_is_no_notice(services: JobServices, base: Base) -> None:
    seen(base, "revenue@exemple.fr", date(2025, 1, 1), warned_on=date(2025, 12, 1))
    await each_day(services, at(2027, 3, 24))
    assert emails(base) == ["revenue@exemple.fr"]
    assert len(mails(base)) == 1


async def test_what_someone_does_in_another_slice_keeps_their_account(services: JobServices, base: Base) -> None:
    busy, idle = seen(base, "active@exemple.fr", date(2025, 1, 1)), seen(base, "inactive@exemple.fr", date(2025, 1, 1))

    async def booked_since(_session: AsyncSession, accounts: Sequence[UUID], day: date) -> set[UUID]:
        assert set(accounts) == {busy, idle}
        assert day == date(2026, 4, 24)
        return {busy}

    personal = PersonalData((PersonalSlice(name="booking", used_since=booked_since), *PERSONAL.slices))
    await each_day(replace(services, personal=personal), at(2027, 3, 24))
    assert [mail.partition("\n")[0] for mail in mails(base)] == ["inactive@exemple.fr"]


async def test_what_stands_against_one_erasure_keeps_that_account_and_no_other(
    services: JobServices, base: Base
) -> None:
    kept = seen(base, "reserve@exemple.fr", date(2026, 1, 1), warned_on=date(2027, 2, 1))
    seen(base, "libre@exemple.fr", date(2026, 1, 1), warned_on=date(2027, 2, 1))

    async def refuse(_session: AsyncSession, account_id: UUID, _now: datetime) -> None:
        if account_id == kept:
            raise Conflict

    personal = PersonalData((PersonalSlice(name="booking", erase=refuse), *PERSONAL.slices))
    await each_day(replace(services, personal=personal), at(2027, 3, 24))
    assert emails(base) == ["reserve@exemple.fr"]


async def test_codes_sessions_and_tokens_that_are_over_are_deleted(
    services: JobServices, base: Base, person: Person
) -> None:
    await person.sign_in()
    await person.send("/mes-donnees/jetons", **{"bookings:read": "1"})
    base.execute("UPDATE access_token SET revoked_at = '2027-03-24T12:00:00Z'")
    await forget_all(replace(services, clock=at(2027, 3, 24)), "hour")
    tables = ("sign_in_code", "login_session", "access_token")
    count = f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in tables)}".encode()
    assert base.execute(count).fetchone() == (1, 1, 0)
    await forget_all(replace(services, clock=at(2027, 6, 24)), "hour")
    assert base.execute(count).fetchone() == (0, 0, 0)


async def test_the_message_of_a_report_is_erased_after_a_year_and_its_address_before(
    services: JobServices, base: Base
) -> None:
    row = {
        "place_id": make_place(base), "contribution_id": UUID(int=1), "kind": "error", "subject": "hours",
        "message": "Ouvert le mardi", "email": "voisine@exemple.fr", "state": "open",
        "created_at": datetime(2026, 3, 25, 12, tzinfo=UTC),
    }  # fmt: skip
    insert(base, "contribution", row)
    await each_day(services, at(2027, 3, 25))
    assert base.execute("SELECT message, email FROM contribution").fetchone() == (
        "Ouvert le mardi",
        "voisine@exemple.fr",
    )
    await each_day(services, at(2027, 3, 26))
    assert base.execute("SELECT message, email FROM contribution").fetchone() == ("", None)


async def test_what_fails_keeps_nothing_else_from_being_forgotten(services: JobServices) -> None:
    done = []

    async def fail(_services: JobServices) -> None:
        raise RuntimeError

    async def work(_services: JobServices) -> None:
        done.append("work")

    kept = KeptData(what="", where=(), why="", until="", erased_by="fail", forget=fail)
    personal = PersonalData((PersonalSlice(name="x", kept=(kept, replace(kept, erased_by="work", forget=work))),))
    with pytest.raises(NotForgotten, match="fail"):
        await forget_all(replace(services, personal=personal), "day")
    assert done == ["work"]


def test_every_table_that_leads_to_a_person_is_in_the_table_of_what_is_kept() -> None:
    named = {where.partition(".")[0] for row in PERSONAL.kept for where in row.where}
    leading = {
        table.name
        for table in Tables.metadata.tables.values()
        if WATCHED & {column.name for column in table.columns} and not table.name.startswith(tuple(KEPT_BY_BOOKINGS))
    }
    assert leading - named == set()
    known = {table.name for table in Tables.metadata.tables.values()} | {"procrastinate_jobs"}
    assert named - known == set()


def test_every_column_that_is_named_as_kept_exists() -> None:
    columns = {f"{table.name}.{column.name}" for table in Tables.metadata.tables.values() for column in table.columns}
    assert {where for row in PERSONAL.kept for where in row.where if "." in where} - columns == set()


def test_the_document_says_what_the_code_keeps() -> None:
    english = translations("en").gettext
    expected = [
        f"| {english(row.what)} | {', '.join(f'`{where}`' for where in row.where) or 'not in the base'} |"
        f" {english(row.until)} | {row.erased_by} |"
        for row in PERSONAL.kept
    ]
    lines = (CHECKOUT / "docs" / "personal-data.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert rows[0].startswith("| What | Where |")
    assert rows[1:] == expected


async def test_the_page_says_what_the_code_keeps(person: Person) -> None:
    for prefix, locale in (("", "fr"), ("/en", "en")):
        page = plain((await person.open(f"{prefix}/donnees-personnelles")).text)
        words = translations(locale).gettext
        missing = [
            row.what
            for row in PERSONAL.kept
            if plain(words(row.what)) not in page or plain(words(row.until)) not in page
        ]
        assert missing == []


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'")


@given(st.dates(date(2000, 1, 31), date(2100, 12, 31)), st.integers(-30, 30))
def test_a_month_earlier_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    found = months_before(day, months)
    assert (day.year * 12 + day.month) - (found.year * 12 + found.month) == months
    assert found.day <= day.day
    assert found.day == day.day or (found.replace(day=found.day) - date(found.year, found.month, 1)).days >= 27
