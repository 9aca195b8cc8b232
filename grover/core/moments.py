"""Moments to the millisecond, which is what every database stores, so that what is told is what is read."""

import datetime as dt

from django.utils import timezone


def present() -> dt.datetime:
    """Give the present moment, in UTC."""
    return to_the_millisecond(timezone.now())


def to_the_millisecond(moment: dt.datetime) -> dt.datetime:
    """Leave out what is finer than a millisecond."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
