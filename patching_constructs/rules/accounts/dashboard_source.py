"""What the dashboard of an organization can show."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.region import is_region
from patching_constructs.rules.accounts.organization import ACCOUNT_ID, ACCOUNT_ID_WORDS

METRICS_OF_A_DASHBOARD = 2_500
METRICS_OF_A_WIDGET = 500
_QUOTAS_PAGE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"


def check_dashboard_source(
    *, account_id: str, account_name: str, region: str, rings: Sequence[str]
) -> Iterator[Finding]:
    """Find what does not name an account and Region with rings."""
    if not ACCOUNT_ID.fullmatch(account_id):
        yield _finding("account_id", "not an account id", repr(account_id), ACCOUNT_ID_WORDS)
    if not account_name.strip():
        yield _finding("account_name", "empty", repr(account_name), "a name for labels")
    if not is_region(region):
        yield _finding("region", "not a Region", repr(region), "a Region such as eu-central-1")
    if not rings:
        yield _finding("rings", "nothing would be shown", "no ring", "at least one ring")
    for ring in _twice(rings):
        yield _finding("rings", "the ring is given twice", repr(ring), "each ring once")


def check_dashboard_sources(
    places: Sequence[tuple[str, str]], *, rings: int, metrics_of_a_source: int
) -> Iterator[Finding]:
    """Find what one dashboard cannot show.

    Args:
        places: Account and Region of each source.
        rings: Number of rings of all of them.
        metrics_of_a_source: Metrics that are shown of each source besides those of rings.
    """
    if not places:
        yield _finding("sources", "nothing would be shown", "no source", "at least one source")
    for place in _twice(f"{account_id} {region}" for account_id, region in places):
        yield _finding("sources", "the account and Region is given twice", place, "each of them once")
    least = rings + metrics_of_a_source * len(places)
    if least > METRICS_OF_A_DASHBOARD:
        yield _finding(
            "sources",
            "a dashboard has no room for a single metric of each ring",
            f"{rings} rings in {len(places)} accounts and Regions, {least} metrics",
            f"at most {METRICS_OF_A_DASHBOARD:,} metrics; split the sources between several dashboards",
            _QUOTAS_PAGE,
        )


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _finding(field: str, message: str, received: str, allowed: str, source: str | None = None) -> Finding:
    return Finding(
        id=FindingId.DASHBOARD_SOURCE,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=allowed,
        source=source,
    )
