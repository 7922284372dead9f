"""Pages of a listing, as every AWS listing has them."""

from collections.abc import Mapping, Sequence
from typing import Any


def page(items: Sequence[Any], request: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give the page of a listing that a request asks for.

    Args:
        items: The whole listing.
        request: The request; `MaxResults` and `NextToken` choose the page.
        name: Name of the listing in the response.

    Returns:
        The response, with `NextToken` if there is more.
    """
    start = int(request.get("NextToken", 0))
    end = start + request.get("MaxResults", len(items))
    response = {name: list(items[start:end])}
    return {**response, "NextToken": str(end)} if end < len(items) else response
