"""Values of records in words."""

from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import plural


def words(value: object, *, missing: str = "not given") -> str:
    """Write a value, with the reason if it is not known.

    Args:
        value: The value.
        missing: The text for None.
    """
    match value:
        case None:
            return missing
        case Unknown():
            return f"not known ({value.reason})"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(words(part) for part in value) or "none"
    return str(value)


def hours(value: object) -> str:
    """Write a number of hours."""
    if not isinstance(value, int):
        return words(value)
    return plural(value, "hour")
