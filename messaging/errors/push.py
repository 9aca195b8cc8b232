"""Refusals to do with the devices that are woken."""

from grover.core.errors import Conflict


class TooManyDevices(Conflict):
    code = "too_many_devices"
    title = "You have as many devices as one can; remove one first"


class PushNotSetUp(Conflict):
    code = "push_not_set_up"
    title = "This server cannot wake browsers"
