"""What the server can take, measured: `python -m bench`, or `make bench`.

Everything happens on this machine, against PostgreSQL and Redis that are running already, in databases
made for the occasion and dropped afterwards. docs/benchmarks.md says what is measured and how.
"""
