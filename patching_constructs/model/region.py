"""Names of Regions."""

import re

_REGION = re.compile(r"[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}")


def is_region(name: str) -> bool:
    """Return whether `name` has the form of a Region, such as `eu-central-1`; whether it exists is unknown.

    See: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    """
    return _REGION.fullmatch(name) is not None
