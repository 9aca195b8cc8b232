"""How each kind of file is read and made safe, and where files are stored.

A kind of upload is a `FileKind` of `base.py`; a new one is a new module here and a line in `kinds.py`.
"""
