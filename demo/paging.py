"""Reads every page of an operation."""

from typing import Any


def all_items(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """Return the items of every page of an operation."""
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page[key]]
