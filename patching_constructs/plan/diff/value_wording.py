"""Values of records in words."""

from collections.abc import Iterable

from patching_constructs.model.unknown import Unknown


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
    return f"{value} hour{'' if value == 1 else 's'}"


def listed(names: Iterable[str], *, most: int = 8) -> str:
    """Write names as `a, b and c`, and only count those after the first `most`."""
    several = list(names)
    if len(several) > most:
        several = [*several[:most], f"{len(several) - most} more"]
    return " and ".join([", ".join(several[:-1]), several[-1]]) if len(several) > 1 else "".join(several)
