from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from tierslieux.cli.hours import hours


def run(command: str, *lines: str) -> tuple[list[dict[str, Any]], int]:
    result = CliRunner().invoke(hours, [command], input="\n".join(lines).encode("utf-8", "surrogatepass"))
    return [json.loads(line) for line in result.stdout.splitlines()], result.exit_code


def question(text: str, **other: str | None) -> str:
    asked = {"text": text, "from": "2031-05-01T00:00:00+02:00", "to": "2031-05-03T00:00:00+02:00"}
    return json.dumps({**asked, "time_zone": "Europe/Paris", "holidays": "FR", **other})


def test_hours_are_evaluated_with_the_plain_meaning_in_the_place_s_own_time() -> None:
    answers, code = run("evaluate", question("Mo-Fr 09:00-12:00; PH off"), question("Mo-Fr 09:00-12:00", holidays=None))
    assert code == 0
    assert answers[0] == {
        "normalised": "Mo-Fr 09:00-12:00; PH closed",
        "intervals": [["2031-05-02T09:00:00+02:00", "2031-05-02T12:00:00+02:00", "open", ""]],
        "warnings": [],
        "error": None,
    }
    assert len(answers[1]["intervals"]) == 2


def test_a_text_that_is_refused_is_an_answer_with_place_and_reason() -> None:
    answers, code = run("evaluate", question("We 09:30-13:00-18:00"))
    assert code == 0
    assert (answers[0]["error"]["position"], answers[0]["error"]["part"]) == (14, "-18:00")


@pytest.mark.parametrize(
    "line",
    [
        "nope",
        "3",
        "[]",
        '{"text": 3}',
        question("24/7", time_zone="Mars/Phobos"),
        question("24/7", time_zone="../../etc/passwd"),
        question("24/7", holidays="XX"),
        question("24/7", fuseau="x"),
        '{"text": "' + "x" * 200_000 + '"}',
    ],
)
def test_a_line_that_cannot_be_read_has_an_error_and_the_others_their_answer(line: str) -> None:
    answers, code = run("evaluate", question("24/7"), line, "", question("24/7"))
    assert code == 3
    assert [answer["error"] is None for answer in answers] == [True, False, True]
    assert answers[1]["error"]["message"]


def test_french_is_read_or_says_what_was_not_understood() -> None:
    answers, code = run("read", '{"french": "mardi 9h30-12h"}', '{"french": "mardi 9h-12h pour les adhérents"}')
    assert code == 0
    assert answers[0] == {"opening_hours": "Tu 09:30-12:00", "not_understood": []}
    assert answers[1]["opening_hours"] is None
    assert answers[1]["not_understood"][-1] == {"position": 22, "part": "adhérents"}


def test_a_french_line_that_is_no_json_exits_with_3() -> None:
    answers, code = run("read", "{", '{"french": "mardi 9h-12h"}')
    assert code == 3
    assert answers[0]["error"]["message"]
    assert answers[1]["opening_hours"] == "Tu 09:00-12:00"
