"""Money: whose it is and where it came from, to the cent.

`actions.ledger` is the only code that moves any; everything else says between whom and why.
"""
