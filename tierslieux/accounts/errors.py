"""What refuses a change of accounts."""

from __future__ import annotations

from tierslieux.shared.errors import Conflict, RuleRefused


class EmailTaken(Conflict):
    """There is an account with this address."""

    code = "email_taken"


class BadEmail(RuleRefused):
    """Not an e-mail address."""

    code = "bad_email"
