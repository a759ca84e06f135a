"""Mails about bookings, in text and HTML, French and English, with the calendar file that goes with them.

``facts`` is what the caller gathers, ``kinds`` what each kind says, ``content`` the mail in one language,
``calendars`` its file, ``rendering`` the two forms.
"""

from tierslieux.booking.mails.facts import (
    BookingMail,
    MailAlternative,
    MailCalendar,
    MailDate,
    MailKind,
    MailLinks,
    MailPlace,
    SkippedDate,
)
from tierslieux.booking.mails.rendering import MailParts, booking_mail, mail_to

__all__ = [
    "BookingMail",
    "MailAlternative",
    "MailCalendar",
    "MailDate",
    "MailKind",
    "MailLinks",
    "MailParts",
    "MailPlace",
    "SkippedDate",
    "booking_mail",
    "mail_to",
]
