"""A creator earns, gives back and is paid out, against a running server whose payments the sandbox takes.

    python examples/creator.py [http://127.0.0.1:8000]

Needs httpx and the demo that `make run` loads. A fan who registers here pays the person of the demo in each
way there is; the approving that a buyer does on a page is done here by sending the page's form. Every step
is checked; what is printed is what the server answered.
"""

import secrets
import sys
import time
from typing import Any

import httpx

PASSWORD = "a quiet walk before breakfast"
CREATOR, CREATOR_PASSWORD = "demo", "demo-of-grover"
PATIENCE = 180.0


class Person:
    """Somebody who is signed in."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._client = httpx.Client(base_url=f"{base_url.rstrip('/')}/api/v1", timeout=30)
        login = {"identifier": username, "password": password}
        self._token = self.ask("POST", "auth/login", 200, json=login)["access_token"]
        self.username = username

    def ask(self, method: str, path: str, status: int, **kwargs: Any) -> Any:
        """Send a request that must be answered with this status."""
        headers = {"Idempotency-Key": secrets.token_hex(16)} if method == "POST" else {}
        if path != "auth/login":
            headers["Authorization"] = f"Bearer {self._token}"
        answer = self._client.request(method, path, headers=headers, **kwargs)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def pay(self, payment_id: str) -> Any:
        """Approve a payment on the page of the provider, and have its money taken."""
        approve(self.ask("GET", f"payments/{payment_id}", 200)["approve_url"])
        payment = self.ask("POST", f"payments/{payment_id}/capture", 200)
        assert payment["state"] == "captured", payment
        return payment


def main(base_url: str) -> None:
    creator = Person(base_url, CREATOR, CREATOR_PASSWORD)
    fan = register(base_url)
    before = wallet(creator)
    print(f"@{creator.username} has {words(before['available'])}, and {words(before['pending'])} pending")

    tip = fan.ask("POST", f"users/@{CREATOR}/tips", 201, json={"amount": usd(1_000), "note": "Bravo"})
    fan.pay(tip["id"])
    earned = wallet(creator)["pending"] - before["pending"]
    assert earned == 950, earned
    print(f"@{fan.username} tips {words(1_000)}: {words(earned)} are pending, the rest is the fee")

    unlock_post(creator, fan)
    subscribe(creator, fan)
    order(creator, fan)

    refund = creator.ask("POST", f"payments/{tip['id']}/refunds", 201, json={"amount": usd(400)})
    assert refund["state"] == "completed", refund
    seen = fan.ask("GET", f"payments/{tip['id']}", 200)
    assert (seen["state"], seen["refunded"]) == ("partially_refunded", usd(400)), seen
    print(f"@{creator.username} gives {words(400)} of the tip back")

    be_paid_out(creator, wallet(creator)["available"])


def unlock_post(creator: Person, fan: Person) -> None:
    """Buy a post that shows no more than its preview before."""
    text = "Two parts of blue, one of umber."
    priced = {"text": text, "price": usd(300), "preview_text": "How I mix grey"}
    post = creator.ask("POST", "posts", 201, json=priced)
    locked = fan.ask("GET", f"posts/{post['id']}", 200)
    assert (locked["is_locked"], locked["text"], locked["preview"]) == (True, "", "How I mix grey"), locked
    fan.pay(fan.ask("POST", f"posts/{post['id']}/purchases", 201)["id"])
    assert fan.ask("GET", f"posts/{post['id']}", 200)["text"] == text
    print(f"@{fan.username} unlocks a post for {words(300)} and reads: {text}")


def subscribe(creator: Person, fan: Person) -> None:
    """Subscribe to a tier, which opens what is kept for subscribers."""
    [tier, *_] = fan.ask("GET", f"users/@{creator.username}/tiers", 200)["results"]
    subscription = fan.ask("POST", f"tiers/{tier['id']}/subscriptions", 201)
    approve(subscription["approve_url"])
    active = wait(lambda: fan.ask("GET", f"subscriptions/{subscription['id']}", 200), "active")
    print(f"@{fan.username} subscribes to {tier['name']!r} until {active['current_period_end'][:10]}")


def order(creator: Person, fan: Person) -> None:
    """Order a product for less with a code, and send it back."""
    code = f"SPRING{secrets.token_hex(3)}".upper()
    creator.ask("POST", "me/discounts", 201, json={"code": code, "percent": 25})
    lesson = {"kind": "service", "title": "A lesson", "price": usd(2_000), "state": "published"}
    product = creator.ask("POST", "products", 201, json=lesson)
    wanted = {"lines": [{"product_id": product["id"], "quantity": 1}], "discount_code": code}
    placed = fan.ask("POST", "orders", 201, json=wanted)
    payment = fan.pay(placed["id"])
    assert payment["amount"] == usd(1_500), payment
    creator.ask("POST", f"payments/{payment['id']}/refunds", 201, json={"reason": "Sent back"})
    assert fan.ask("GET", f"orders/{placed['id']}", 200)["state"] == "refunded"
    print(f"@{fan.username} orders for {words(1_500)} with the code {code}, and gets the money back")


def be_paid_out(creator: Person, available: int) -> None:
    """Ask for all that is available, and wait until it was paid."""
    if available < 2_000:
        print(f"{words(available)} are too little to be paid out; the demo was paid out before")
        return
    payout = creator.ask("POST", "me/payouts", 201, json={})
    assert payout["amount"] == usd(available), payout
    wait(lambda: creator.ask("GET", f"me/payouts/{payout['id']}", 200), "settled")
    after = wallet(creator)
    assert after["reserved"] == 0, after
    print(f"@{creator.username} is paid out {words(available)}")


def wait(read: Any, state: str) -> Any:
    """Read something until it has come to a state."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        seen = read()
        if seen["state"] == state:
            return seen
        time.sleep(0.5)
    raise AssertionError(f"It has not come to {state}: {seen}")


def approve(page: str) -> None:
    """Approve as a buyer does, who presses the button of the page."""
    answer = httpx.post(f"{page}/approve")
    assert answer.status_code == 303, answer.text


def register(base_url: str) -> Person:
    """Open an account under a new name, and sign in."""
    username = f"fan_{secrets.token_hex(4)}"
    account = {
        "username": username,
        "email": f"{username}@example.com",
        "password": PASSWORD,
        "birth_date": "1990-12-10",
    }
    answer = httpx.post(f"{base_url.rstrip('/')}/api/v1/auth/register", json=account)
    assert answer.status_code == 201, answer.text
    return Person(base_url, username, PASSWORD)


def wallet(person: Person) -> dict[str, int]:
    """Give what somebody has, in cents."""
    balances = person.ask("GET", "me/wallet", 200)["balances"]
    dollars: dict[str, Any] = next((row for row in balances if row["currency"] == "USD"), {})
    return {name: dollars.get(name, usd(0))["value"] for name in ("available", "pending", "reserved")}


def usd(cents: int) -> dict[str, Any]:
    return {"value": cents, "currency": "USD"}


def words(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02} USD"


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
