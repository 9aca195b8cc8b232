"""What the documentation shows works word for word against a running server."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_quickstart_tells_the_whole_story(live_server_url: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "quickstart.py"), live_server_url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "posted 'Good morning!' with a photo of 640x480 pixels" in done.stdout
    assert "1 reaction and 1 comment" in done.stdout


@pytest.fixture(scope="session")
def blocks() -> list[tuple[str, str]]:
    """The commands and answers of the tour."""
    tour = (ROOT / "README.md").read_text().partition("## A tour")[2].partition("## Where")[0]
    return BLOCK.findall(tour)


@pytest.fixture(scope="session")
def answers(live_server_url: str, blocks: list[tuple[str, str]]) -> list[str]:
    """What the commands of the tour answer, on a server that nothing else was done to."""
    commands = [
        text.replace("http://127.0.0.1:8000", live_server_url) for kind, text in blocks if kind == "sh"
    ]
    script = "set -eu\n" + "\necho; echo '--- end of block'\n".join(commands)
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    return [part.strip() for part in done.stdout.split("--- end of block")]


def test_tour_of_the_readme_answers_as_written(blocks: list[tuple[str, str]], answers: list[str]) -> None:
    commands = [text for kind, text in blocks if kind == "sh"]
    expected = _expected_answers(blocks)
    assert len(answers) == len(commands)
    for number, text in expected.items():
        assert _pattern(text).fullmatch(answers[number]), answers[number]
    others = [answers[number] for number in range(len(commands)) if number not in expected]
    assert [answer for answer in others if '"status":4' in answer or not answer.endswith("}")] == []


def _expected_answers(blocks: list[tuple[str, str]]) -> dict[int, str]:
    """Find which command each shown answer belongs to: the one right before it."""
    expected, number = {}, -1
    for kind, text in blocks:
        if kind == "sh":
            number += 1
        else:
            expected[number] = text.strip()
    return expected


def _pattern(text: str) -> "re.Pattern[str]":
    """Make a shown answer a pattern: what differs each time is written as an ellipsis."""
    return re.compile(re.escape(text).replace("…", '[^"]+'))


def test_pages_of_the_documentation_are_served_without_other_hosts(live_server_url: str) -> None:
    for page in ("docs", "redoc", "docs/errors"):
        answer = httpx.get(f"{live_server_url}/{page}")
        assert answer.status_code == 200
        assert re.findall(r"(?:src|href)=\"(https?:)?//[^\"]*", answer.text) == []


def test_creator_earns_gives_back_and_is_paid_out(live_server_url: str, answers: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "creator.py"), live_server_url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "tips 10.00 USD: 9.50 USD are pending" in done.stdout
    assert "unlocks a post for 3.00 USD" in done.stdout
    assert "gives 4.00 USD of the tip back" in done.stdout
    assert "@demo is paid out 85.50 USD" in done.stdout
