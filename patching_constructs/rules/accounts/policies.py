"""What policy documents allow, as far as a template tells."""

from collections.abc import Iterator, Mapping

from patching_constructs.model.unknown import Unknown


def statements(document: object) -> Iterator[Mapping[str, object]]:
    """Yield the statements of a policy that allow something."""
    found = document.get("Statement") if isinstance(document, Mapping) else None
    for statement in found if isinstance(found, tuple) else (found,):
        if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
            yield statement


def texts(value: object) -> tuple[object, ...]:
    """Return one text or a list of texts as a list; what is not known stays `Unknown`."""
    return value if isinstance(value, tuple) else (value,)


def allows_service(document: object, service: str) -> bool | Unknown:
    """Return whether a resource policy allows anything to a service such as `cloudwatch`."""
    if isinstance(document, Unknown):
        return document
    unknown: Unknown | None = None
    for statement in statements(document):
        principal = statement.get("Principal")
        if principal == "*":
            return True
        if isinstance(principal, Unknown):
            unknown = principal
            continue
        services = texts(principal.get("Service") if isinstance(principal, Mapping) else None)
        if isinstance(principal, Mapping) and "*" in texts(principal.get("AWS")):
            return True
        for name in services:
            if isinstance(name, Unknown):
                unknown = name
            elif isinstance(name, str) and name.startswith(f"{service}."):
                return True
    return False if unknown is None else unknown
