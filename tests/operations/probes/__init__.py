"""An app for tests of whole processes: it waits, fails and asks for jobs when told to.

Tests and the processes they start meet in the files of the directory PROBES.
"""
