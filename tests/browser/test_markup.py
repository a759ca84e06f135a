"""The W3C's validator (Nu) on every page, as it is sent."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.browser.conftest import Service
from tests.conftest import CHECKOUT

VALIDATOR = CHECKOUT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


@pytest.mark.long
@pytest.mark.skipif(shutil.which("java") is None, reason="the validator needs Java: script/test --all installs it")
def test_the_validator_finds_no_error_on_any_page(service: Service, tmp_path: Path) -> None:
    files = []
    for name, path in service.pages().items():
        answer = httpx.get(service.url + path, headers={"accept": "text/html"})
        file = tmp_path / f"{name.replace(' ', '_')}.html"
        file.write_text(answer.text, "utf-8")
        files.append(str(file))
    partial = httpx.get(f"{service.url}/recherche?q=Quimper", headers={"hx-request": "true"}).text
    whole = tmp_path / "partial.html"
    whole.write_text(
        f'<!DOCTYPE html><html lang="fr"><head><title>x</title></head><body>{partial}</body></html>', "utf-8"
    )
    command = ["java", "-jar", str(VALIDATOR), "--errors-only", *files, str(whole)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
