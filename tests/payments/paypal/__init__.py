"""A PayPal of our own: a real HTTP server that speaks PayPal's paths and JSON, written from its reference.

It shares no code with the product. What it stores is changed by requests and by the methods of
`server.PayPalServer`, which do what buyers, receivers and PayPal's staff do.
"""
