"""Errors of the domain. The text of each is a sentence for the person who caused it."""


class DeskError(Exception):
    """A request that the desk refuses; `str(error)` is shown to the person."""


class NotFound(DeskError):
    """Raised when what a person names does not exist, or is not theirs to see."""


class NotAllowed(DeskError):
    """Raised when a person lacks the right for what they asked."""


class Stale(DeskError):
    """Raised when a button belongs to an older version of what it shows."""


class Conflict(DeskError):
    """Raised when the same identity arrives again with other content."""


class Refused(DeskError):
    """Raised when a rule of the desk forbids a trade: a lock, drift, size, consent, expiry."""


def refuse(obstacle: str | None) -> None:
    """Raises Refused when something stands in the way."""
    if obstacle is not None:
        raise Refused(obstacle)


class InvalidField(DeskError):
    """Raised for one wrong field of a signal; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
