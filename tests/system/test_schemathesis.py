"""Requests made from the schema, wild ones among them, get nothing that the schema does not promise."""

import warnings
from collections.abc import Iterator
from string import Template
from typing import Any

import hypothesis
import pytest
import schemathesis
import yaml
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import sign_in
from tests.system.worlds import World

pytestmark = pytest.mark.django_db

EXAMPLES = 50
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

# What the parameters of paths may be called by, beside what is made up for them.
NAMES = {
    "user": "$stranger_id",
    "post_id": "$post",
    "comment_id": "$comment",
    "story_id": "$story",
    "highlight_id": "$highlight",
    "media_id": "$media",
    "session_id": "$session",
    "export_id": "$export",
    "request_id": "$follow_request",
    "report_id": "$report",
    "decision_id": "$decision",
    "conversation_id": "$club",
    "message_id": "$message",
    "notification_id": "$notification",
    "call_id": "$call",
    "payment_id": "$paid_tip",
    "product_id": "$film",
    "order_id": "$paid_order",
    "discount_id": "$discount",
    "gift_id": "$gift",
    "payout_id": "$payout",
    "month": "$month",
    "tier_id": "$tier",
    "subscription_id": "$subscription",
    "provider": "sandbox",
    "device_id": "$push_device",
    "community_id": "$community",
    "tag": "$tag",
    "slug": "$category",
    "collection_id": "$open_collection",
}


def _read_schema() -> Any:
    document = yaml.safe_load((settings.BASE_DIR / "openapi.yaml").read_text())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of static files that are not collected
        found = schemathesis.openapi.from_dict(document)
        found.app = WSGIHandler()
        return found


schema = _read_schema()
OPERATIONS = {found.ok().label: found.ok() for found in schema.get_all_operations()}
# Of paths: `/messages/search` is another operation than `/messages/{message_id}`.
WORDS = {word for label in OPERATIONS for word in label.split("/") if not word.startswith("{")}


@pytest.fixture(autouse=True)
def in_process() -> Iterator[None]:
    """Serve from this process, in its transaction and on its connection, as Django's test client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("signed_in", [False, True], ids=["anonymous", "signed in"])
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_of_the_schema(label: str, signed_in: bool) -> None:
    operation = OPERATIONS[label]
    world = World(private=False)
    real = {name: Template(text).substitute(world) for name, text in NAMES.items()}  # type: ignore[arg-type]
    cases = st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE), operation.as_strategy(GenerationMode.NEGATIVE)
    )

    @SETTINGS
    @hypothesis.given(case=cases, is_real=st.booleans())
    def ask(case: schemathesis.Case, is_real: bool) -> None:
        if is_real and case.path_parameters:
            case.path_parameters = {name: real[name] for name in case.path_parameters}
        hypothesis.assume(WORDS.isdisjoint(map(str, case.path_parameters.values())))
        headers = {"Accept-Encoding": "identity"}
        if signed_in:
            headers["Authorization"] = f"Bearer {sign_in(world.owner_user)[1]}"
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
