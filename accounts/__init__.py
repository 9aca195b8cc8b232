"""Who people are: identity, sessions, profiles, follows, blocks, settings, reports."""
