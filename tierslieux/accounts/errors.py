"""What refuses a sign-in or a change of accounts."""

from __future__ import annotations

from tierslieux.shared.errors import Conflict, Gone, RuleRefused


class EmailTaken(Conflict):
    """There is an account with this address."""

    code = "email_taken"


class BadEmail(RuleRefused):
    """Not an e-mail address."""

    code = "bad_email"


class BadName(RuleRefused):
    """Not a name: control signs, or longer than any."""

    code = "bad_name"


class UnknownCommune(RuleRefused):
    """No commune in force has this code."""

    code = "unknown_commune"


class WrongCode(RuleRefused):
    """Not the code of this mail; ``tries_left`` says how often one may try again."""

    code = "wrong_code"


class CodeExpired(Gone):
    """The code or link was used, is too old, was tried too often, or never was; the four are not told apart."""

    code = "code_expired"


class OutsideSignInFailed(RuleRefused):
    """An issuer's answer that cannot be believed; ``why`` is for the log, not for people."""

    code = "outside_sign_in_failed"


class IssuerAway(Conflict):
    """The issuer does not answer, or answers nonsense."""

    code = "issuer_away"
