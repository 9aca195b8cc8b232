"""Video and audio, read and written by PyAV in a child process.

`kinds` is what the rest of media sees; `child` starts the process and bounds it. What runs inside it is
`__main__`, `remuxing` and `rendering`, which know neither Django nor a secret.
"""
