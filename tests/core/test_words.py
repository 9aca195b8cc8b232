"""The words that search compares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grover.core.words import (
    LONGEST_WORD,
    MOST_WORDS,
    MOST_WORDS_SOUGHT,
    words_of,
    words_of_name,
    words_sought,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("?! ...\u200b#@", []),
        ("Running RUNS, ran", ["run", "run", "ran"]),
        ("Ünïcode \uff26\uff35\uff2c\uff2c straße", ["unicod", "full", "strass"]),
        ("don't rock\u2019n\u2019roll", ["dont", "rocknrol"]),
        ("#Tag_two C++ 3.14", ["tag", "two", "c", "3", "14"]),
        ("猫 日本", ["猫", "日", "本", "日本"]),
        ("mac日本x", ["mac", "日", "本", "日本", "x"]),
        ("x" * 50, ["x" * LONGEST_WORD]),
    ],
)
def test_texts_are_found_by_their_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_what_is_sought_names_each_word_once_and_pairs_where_there_are() -> None:
    assert words_sought("runs running 日本語 猫") == ["run", "日本", "本語", "猫"]
    assert len(words_sought(" ".join(f"w{number}" for number in range(50)))) == MOST_WORDS_SOUGHT
    assert len(words_of("word " * 5_000)) == MOST_WORDS


def test_words_of_names_are_not_reduced() -> None:
    assert words_of_name("Ada  LOVING-Lovelace ada") == ["ada", "loving", "lovelace"]


@given(st.text(max_size=80))
def test_words_have_nothing_that_could_be_syntax(text: str) -> None:
    for word in [*words_of(text), *words_of_name(text)]:
        assert word.isalnum()


@given(st.text(max_size=80))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert set(words_sought(text)) <= set(words_of(text))
