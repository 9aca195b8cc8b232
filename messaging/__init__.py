"""Conversations, messages, calls, notifications and push: everything that reaches one person."""
