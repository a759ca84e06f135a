"""What is committed: our own words, valid on every machine."""

from __future__ import annotations

import re
from pathlib import Path

from tests.rules.source import CHECKOUT, name_of, text_of, tracked_files

MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:work|home|root|Users|var/tmp)/\w")
INDEX_ADDRESSES = re.compile(r"https?://[\w.-]*(?:pypi\.org|pythonhosted|registry\.npm|npmmirror|jfrog|nexus)[\w./-]*")
THIRD_PARTY_NAMES = re.compile(r"(^|/)(node_modules|vendor|\.venv)/|\.min\.(js|css)$|\.(woff2?|ttf|whl|jar|so|exe)$")
THIRD_PARTY_MARKS = re.compile(r"@license|@preserve|^/\*!|Licensed under (the )?(MIT|Apache|BSD)", re.MULTILINE)
MAX_BYTES = 1_000_000


def texts() -> list[tuple[Path, str]]:
    return [(path, text) for path in tracked_files() if (text := text_of(path)) is not None and path != Path(__file__)]


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    assert [f"{name_of(path)}: {hit[0]}" for path, text in texts() if (hit := MACHINE_PATHS.search(text))] == []


def test_no_tracked_file_names_the_address_of_a_package_index() -> None:
    assert [f"{name_of(path)}: {hit[0]}" for path, text in texts() if (hit := INDEX_ADDRESSES.search(text))] == []


def test_no_file_of_others_is_committed() -> None:
    by_name = [name_of(path) for path in tracked_files() if THIRD_PARTY_NAMES.search(name_of(path))]
    code = [(path, text) for path, text in texts() if path.suffix in {".js", ".css", ".py", ".html", ".svg"}]
    assert by_name == []
    assert [name_of(path) for path, text in code if THIRD_PARTY_MARKS.search(text)] == []


def test_no_tracked_file_is_larger_than_a_megabyte() -> None:
    assert [name_of(path) for path in tracked_files() if path.stat().st_size > MAX_BYTES] == []


def test_the_front_page_of_the_repository_is_short_and_its_map_is_within_150_lines() -> None:
    assert len((CHECKOUT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 150


def test_every_link_between_documents_leads_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    broken = [
        f"{name_of(path)}: {target}"
        for path, text in texts()
        if path.suffix == ".md"
        for target in link.findall(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
        if not (path.parent / target).exists()
    ]
    assert broken == []
