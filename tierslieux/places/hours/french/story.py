"""What a French text says so far, and where the reading stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tierslieux.places.hours.french.items import DayRef, Item, Scope
from tierslieux.places.hours.french.tokens import PUBLIC_HOLIDAY

APPOINTMENT = "sur rendez-vous"
REDUCED = "horaires réduits"
SUMMER = "horaires d'été"
CLAUSE_ENDS = ("stop",)


@dataclass(frozen=True, slots=True)
class Statement:
    """``days`` None means every day of the scope; ``is_header`` that the scope opens a whole timetable."""

    days: tuple[DayRef, ...] | None
    times: tuple[tuple[int, int], ...]
    state: str
    comment: str = ""
    scope: Scope | None = None
    is_header: bool = False
    overrides: bool = False


@dataclass
class Story:
    """What a text says: its statements, whether more is possible by appointment, and what was not understood."""

    statements: list[Statement] = field(default_factory=list)
    also_by_appointment: bool = False
    problems: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Teller:
    """The reading of one text, item by item: what still waits for days, times or a season, and what was said.

    ``header`` is the season of a timetable, ``inline`` of the next statement alone; ``is_stale`` that a clause
    has ended since the header, so that it may no longer hold; ``prefix`` a word that waits for its days.
    """

    items: list[Item]
    text: str
    story: Story = field(default_factory=Story)
    at: int = 0
    pending: Item | None = None
    pending_times: Item | None = None
    prefix: Item | None = None
    header: Scope | None = None
    inline: Scope | None = None
    is_stale: bool = False
    clause_start: int = 0
    clause_items: int = 0
    has_headers: bool = False
    braces: Item | None = None
    half_done: bool = False
    is_over: bool = False

    @property
    def next(self) -> Item | None:
        """The item after the present one, unless the clause ends."""
        following = self.items[self.at + 1] if self.at + 1 < len(self.items) else None
        return None if following is None or following.kind in CLAUSE_ENDS else following

    def kind_after_next(self) -> str:
        """The kind of the item after the next one, empty at the end of the text."""
        return self.items[self.at + 2].kind if self.at + 2 < len(self.items) else ""

    @property
    def next_kind(self) -> str:
        """Its kind, or ``end``."""
        return self.next.kind if self.next else "end"

    @property
    def in_clause(self) -> list[Statement]:
        """What this clause has said."""
        return self.story.statements[self.clause_start :]

    def bad(self, item: Item | None) -> None:
        """Note that ``item`` was not understood."""
        if item:
            self.story.problems.append((item.start, item.end))

    def say(self, statement: Statement, at: Item) -> None:
        """Add a statement in the season that holds. Public holidays belong to none."""
        only_holidays = bool(statement.days) and all(ref.day == PUBLIC_HOLIDAY for ref in statement.days or ())
        if self.is_stale and self.header and not only_holidays:
            self.bad(at)
        scope = self.inline or (None if only_holidays else self.header)
        if statement.scope is None and scope is not None:
            statement = replace(statement, scope=scope, is_header=self.inline is None)
        self.inline = None
        self.story.statements.append(statement)
