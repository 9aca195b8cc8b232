"""What a buyer gets for their money, a module per purpose.

All of it stands in the transaction in which the payment changes, and is done once.
"""
