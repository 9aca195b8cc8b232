"""Searching messages finds what one may read, and takes any words as words."""

from typing import Any

import pytest

from accounts.models import User
from messaging.models import Conversation
from tests.content.people import block
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, make_message, seat
from tests.messaging.test_messages import texts


def found(client: Any, q: str, conversation: Conversation | None = None, **more: Any) -> list[str]:
    """Search everywhere or in one conversation; give the texts of what is found."""
    place = "messages" if conversation is None else f"conversations/{conversation.pk}"
    query = "&".join(f"{name}={value}" for name, value in more.items())
    return texts(client.get(f"{place}/search?q={q}&{query}".rstrip("&")))


def test_search_finds_words_whatever_the_case(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    for text in ("The Analytical Engine", "an engine", "analysis", "ÉCOLE des Mines", "Ελλάς"):
        make_message(talk, bob, text)

    for where in (None, talk):
        client = api(ada)
        assert found(client, "ENGINE", where) == ["an engine", "The Analytical Engine"]
        assert found(client, "engine%20anal", where) == ["The Analytical Engine"]
        assert found(client, "école", where) == ["ÉCOLE des Mines"]
        assert found(client, "ελλά", where) == ["Ελλάς"]
        assert found(client, "difference", where) == []


@pytest.mark.parametrize(
    ("text", "q"),
    [
        ("100% sure", "100%25"),
        ("a_b", "a_b"),
        ("back\\slash", "back\\"),
        ("a.*b", ".*"),
        ("(open", "(open"),
        ("[a", "[a"),
        ("it's", "it's"),
        ('"quoted"', "%22quoted"),
        ("$where", "$where"),
        ("<b>", "<b>"),
        ("👩‍🚀 up", "👩‍🚀"),
    ],
)
def test_search_takes_any_input_as_data(api: Any, talk: Conversation, ada: User, text: str, q: str) -> None:
    make_message(talk, ada, text)
    make_message(talk, ada, "plain words with a and b")
    for where in (None, talk):
        assert found(api(ada), q, where) == [text]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [("/q", "required")]),
        ("q=", [("/q", "blank")]),
        ("q=%20%20", [("/q", "blank")]),
        (f"q={'x' * 101}", [("/q", "max_length")]),
        ("q=a&kind=text", [("/kind", "unknown")]),
        ("q=a&limit=0", [("/limit", "out_of_range")]),
    ],
)
def test_search_asked_for_wrongly_is_refused(
    api: Any, talk: Conversation, ada: User, query: str, expected: Any
) -> None:
    for place in ("messages", f"conversations/{talk.pk}"):
        assert refused_at(api(ada).get(f"{place}/search?{query}")) == expected


def test_search_finds_only_what_one_may_read(
    api: Any, talk: Conversation, group: Conversation, ada: User, bob: User, eve: User
) -> None:
    make_message(group, ada, "word before")
    seat(group, bob, first_seq=1)
    make_message(group, ada, "word of ada")
    make_message(group, eve, "word of eve")
    unsent = make_message(group, ada, "word unsent")
    api(ada).delete(f"messages/{unsent.pk}")
    make_message(talk, ada, "word apart")
    make_message(make_conversation("direct", ada, eve), ada, "word to eve")
    block(eve, bob)

    assert found(api(bob), "word") == ["word apart", "word of ada"]
    assert found(api(bob), "word", group) == ["word of ada"]
    assert found(api(eve), "word") == ["word to eve", "word of eve", "word of ada", "word before"]
    assert found(api(make_user()), "word") == []
    assert problem(api(make_user()).get(f"conversations/{group.pk}/search?q=word")) == (404, "not_found")
    for place in ("messages", f"conversations/{group.pk}"):
        assert problem(api().get(f"{place}/search?q=word")) == (401, "not_signed_in")


@pytest.mark.parametrize("everywhere", [True, False])
def test_search_is_paged(api: Any, group: Conversation, ada: User, bob: User, everywhere: bool) -> None:
    for number in range(7):
        make_message(group, (ada, bob)[number % 2], f"word {number}")
        make_message(group, ada, "other")

    seen, url = [], f"{'messages' if everywhere else f'conversations/{group.pk}'}/search?q=WORD&limit=3"
    while url:
        page = api(ada).get(url)
        seen += texts(page)
        if len(seen) == 3:
            make_message(group, ada, "word new")
        url = (page.json()["next"] or "").removeprefix("http://testserver")

    assert seen == [f"word {number}" for number in range(6, -1, -1)]
