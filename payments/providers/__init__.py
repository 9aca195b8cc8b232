"""Who takes money from buyers and pays it out to creators, a package per provider.

Nothing outside of this package knows which provider it is.
"""
