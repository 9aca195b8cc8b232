"""Idempotency keys: the same request sent twice has one effect and one answer.

The first request with a key claims it by inserting a unique row. Its handler and the storing of its
answer are one transaction, so that after a crash both are there or neither. A handler that cannot run
inside one transaction is run as if it had no key, and its answer is stored right after.
"""

import base64
import contextlib
import datetime as dt
import functools
import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from rest_framework.request import Request

from grover.core import encoding, errors, throttles
from grover.core.db import BrokenTransaction, atomic, atomic_whole, is_broken
from grover.core.ids import smallest_id_at
from grover.core.models import IdempotentRequest

Handler = Callable[..., HttpResponse]

KEPT = dt.timedelta(hours=24)
CLAIM_LASTS = dt.timedelta(seconds=60)
LONGEST_KEY = 255

_RETRYABLE = {401, 408, 425, 429}  # what a client mends without changing its request
_ATTEMPTS_TO_CLAIM = 5


class IdempotencyKeyInvalid(errors.Problem):
    code = "idempotency_key_invalid"
    title = "An idempotency key is 1 to 255 printable ASCII characters"


class IdempotencyKeyRequired(errors.Problem):
    code = "idempotency_key_required"
    title = "This operation needs an idempotency key"


class IdempotencyKeyReused(errors.Problem):
    status = 422
    code = "idempotency_key_reused"
    title = "This idempotency key came with another request before"


class IdempotencyInProgress(errors.Conflict):
    code = "idempotency_in_progress"
    title = "The first request with this idempotency key is still running"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"Retry-After": "1"})


@dataclass(frozen=True, slots=True)
class _Claim:
    """The right of this request to give the first answer to a key."""

    row_id: uuid.UUID
    claim: uuid.UUID
    fernet: Fernet


def wrap(handler: Handler) -> Handler:
    """Make a bound method of a viewset answer a repeated `Idempotency-Key` with its first answer.

    The viewset may name methods in `idempotency_required`, and in `idempotency_in_steps` those that
    talk to the outside world between their transactions.
    """
    view = getattr(handler, "__self__", None)
    name = getattr(view, "action", None)

    @functools.wraps(handler)
    def wrapped(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        raw_key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if raw_key is None:
            if name in getattr(view, "idempotency_required", ()):
                raise IdempotencyKeyRequired
            return handler(request, *args, **kwargs)
        if not (0 < len(raw_key) <= LONGEST_KEY and raw_key.isascii() and raw_key.isprintable()):
            raise IdempotencyKeyInvalid
        run = functools.partial(handler, request, *args, **kwargs)
        in_steps = name in getattr(view, "idempotency_in_steps", ())
        return _answer_once(run, request, raw_key, in_steps=in_steps)

    return wrapped


def sweep_idempotent_requests(now: dt.datetime) -> int:
    """Forget the keys of more than 24 hours ago, and give their number."""
    return _delete_older(now)


@atomic
def _delete_older(now: dt.datetime) -> int:
    return IdempotentRequest.objects.filter(id__lt=smallest_id_at(now - KEPT)).delete()[0]


def _answer_once(run: Handler, request: Request, raw_key: str, *, in_steps: bool) -> HttpResponse:
    found = _claim(request, raw_key)
    if isinstance(found, HttpResponse):
        return found
    request.intent_id = found.row_id  # type: ignore[attr-defined]
    try:
        return _run_in_steps(run, found) if in_steps else _run_whole(run, found)
    except Exception as error:
        problem = errors.as_problem(error)
        if problem is None:
            _release(found)
        else:
            _settle_refusal(found, problem)
        raise


def _run_whole(run: Handler, claim: _Claim) -> HttpResponse:
    """Run a handler and store its answer in one transaction.

    A refusal that no action broke off leaves what was done before it, as it does without a key, so it
    is stored and committed like an answer. A handler that goes on after one of its actions failed
    works only in transactions of its own, and gets them.
    """

    @atomic_whole
    def run_and_store() -> HttpResponse | errors.Problem:
        answer = _answer_or_refusal(run)
        _store(claim, answer)
        return answer

    try:
        answer = run_and_store()
    except BrokenTransaction:
        return _run_in_steps(run, claim)
    if isinstance(answer, errors.Problem):
        raise answer
    return answer


def _answer_or_refusal(run: Handler) -> HttpResponse | errors.Problem:
    try:
        return run()
    except Exception as error:
        problem = errors.as_problem(error)
        if problem is None or not _is_final(problem) or is_broken():
            raise
        return problem


def _run_in_steps(run: Handler, claim: _Claim) -> HttpResponse:
    """Run a handler as if there were no key, then store its answer."""
    answer = run()
    atomic(_store)(claim, answer)
    return answer


def _is_final(problem: errors.Problem) -> bool:
    """Tell whether sending the very same request again would be refused again."""
    return problem.status < 500 and problem.status not in _RETRYABLE


def _claim(request: Request, raw_key: str) -> _Claim | HttpResponse:
    """Claim a key for this request, or find the answer that was given to it."""
    scope, key_hash = _scope_of(request), _digest("name", raw_key.encode()).hex()
    fingerprint = _fingerprint(request)
    fernet = Fernet(base64.urlsafe_b64encode(_digest("answer", raw_key.encode())))
    for _ in range(_ATTEMPTS_TO_CLAIM):
        try:
            row = _insert_claim(scope, key_hash, request.user.id, fingerprint)
        except IntegrityError:
            earlier = IdempotentRequest.objects.filter(scope=scope, key_hash=key_hash).first()
            if earlier is None or _forget_if_old(earlier):
                continue
            return _join(earlier, fingerprint, fernet)
        return _Claim(row.id, row.claim, fernet)
    raise IdempotencyInProgress


@atomic
def _insert_claim(
    scope: str, key_hash: str, owner_id: uuid.UUID | None, fingerprint: str
) -> IdempotentRequest:
    return IdempotentRequest.objects.create(
        scope=scope, key_hash=key_hash, owner_id=owner_id, fingerprint=fingerprint
    )


def _forget_if_old(row: IdempotentRequest) -> bool:
    """Forget a key that is past its time but was not swept yet."""
    if row.created_at > timezone.now() - KEPT:
        return False
    atomic(IdempotentRequest.objects.filter(pk=row.pk, claim=row.claim).delete)()
    return True


def _join(row: IdempotentRequest, fingerprint: str, fernet: Fernet) -> _Claim | HttpResponse:
    """Answer a request whose key came before; or take the claim over from one that died."""
    if row.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    if row.answer:
        return _replay(row.answer, fernet)
    if row.claimed_at > timezone.now() - CLAIM_LASTS:
        raise IdempotencyInProgress
    claim = uuid.uuid4()
    if not _take_over(row, claim):
        raise IdempotencyInProgress
    return _Claim(row.id, claim, fernet)


@atomic
def _take_over(row: IdempotentRequest, claim: uuid.UUID) -> bool:
    unanswered = IdempotentRequest.objects.filter(pk=row.pk, claim=row.claim, answer="")
    return unanswered.update(claim=claim, claimed_at=timezone.now()) == 1


def _store(claim: _Claim, answer: HttpResponse | errors.Problem) -> None:
    """Store the first answer; IdempotencyInProgress when another request took the claim over."""
    response = errors.problem_response(answer) if isinstance(answer, errors.Problem) else answer
    head = encoding.dumps({"status": response.status_code, "headers": dict(response.headers)})
    sealed = claim.fernet.encrypt(head + b"\n" + response.content).decode()
    mine = IdempotentRequest.objects.filter(pk=claim.row_id, claim=claim.claim, answer="")
    if mine.update(answer=sealed) != 1:
        raise IdempotencyInProgress


def _replay(sealed: str, fernet: Fernet) -> HttpResponse:
    try:
        head, _, body = fernet.decrypt(sealed.encode()).partition(b"\n")
    except InvalidToken as error:  # SECRET_KEY was changed meanwhile
        raise IdempotencyKeyReused from error
    said = encoding.loads(head)
    response = HttpResponse(body, status=said["status"], headers=said["headers"])
    response["Idempotency-Replayed"] = "true"
    return response


def _settle_refusal(claim: _Claim, problem: errors.Problem) -> None:
    """Store a refusal as the first answer, or release the key when trying again may help."""
    if isinstance(problem, IdempotencyInProgress):
        return
    if not _is_final(problem):
        _release(claim)
        return
    with contextlib.suppress(IdempotencyInProgress):
        atomic(_store)(claim, problem)


@atomic
def _release(claim: _Claim) -> None:
    IdempotentRequest.objects.filter(pk=claim.row_id, claim=claim.claim, answer="").delete()


def _scope_of(request: Request) -> str:
    if request.user.id is not None:
        return f"user:{request.user.id}"
    return f"address:{throttles.address_key(throttles.client_address(request))}"


def _fingerprint(request: Request) -> str:
    """Name what a request asks for; two of the same key must be the same in it."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data = request.data
    if not isinstance(data, MultiValueDict):
        digest.update(encoding.dumps(_sorted(data)))
        return digest.hexdigest()
    for name, values in sorted(data.lists()):
        for value in values:
            digest.update(encoding.dumps([name, _describe_value(value)]))
    return digest.hexdigest()


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(inner) for inner in value] if isinstance(value, list) else value


def _describe_value(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, value.content_type, digest.hexdigest()]


def _digest(purpose: str, message: bytes) -> bytes:
    key = f"grover.idempotency.{purpose}:{settings.SECRET_KEY}".encode()
    return hmac.digest(key, message, hashlib.sha256)
