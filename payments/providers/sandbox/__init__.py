"""A payment provider that takes no real money: the embedded default.

It behaves as a provider does, with states, request ids and signed webhooks of its own, and has a page on
which a person approves or declines.
"""
