"""The one socket: who is connected, what they send, what they get. It routes commands to the apps."""
