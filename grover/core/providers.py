"""How providers of the outside world fail, whichever they are."""


class ProviderUnavailable(Exception):
    """The provider does not answer, or says that it cannot now: try again later."""


class ProviderRefused(Exception):
    """The provider answered that it will not: trying again changes nothing."""
