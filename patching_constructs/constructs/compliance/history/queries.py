"""Questions that people ask the history, in the SQL of Athena.

Ages are those at the time of the report, as the reporter counts them: from publication where AWS says it,
else from when the reporter first saw the problem. A question mark is a value that Athena asks for.

See: https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryQuery:
    """A question to the history.

    Attributes:
        name: What it is called.
        description: What it answers, and the values that it asks for, in order.
        sql: The question. It ends without a semicolon.
    """

    name: str
    description: str
    sql: str


_PROBLEMS = "UNNEST(problems) AS t (patch, state, severity, first_seen, published, patch_exempt)"

# The last report of every patch group, of today or yesterday.
_STANDING = """\
WITH reports AS (
  SELECT *, max(seen_at) OVER (PARTITION BY rollout, account, region, ring, patch_group) AS last_seen_at
  FROM nodes
  WHERE day >= date_format(date_add('day', -1, current_date), '%Y-%m-%d')
), standing AS (
  SELECT * FROM reports WHERE seen_at = last_seen_at
)"""

WHO_IS_BEHIND = HistoryQuery(
    name="who-is-behind",
    description="Patches that are not installed in the promised time, with the hours by which they are late, "
    "the latest first. Values: promised hours for CRITICAL, HIGH, MEDIUM and LOW. For a patch whose "
    "unknown severity the shortest time counts.",
    sql=f"""\
{_STANDING}, given (severity, hours) AS (
  VALUES ('CRITICAL', CAST(? AS bigint)), ('HIGH', CAST(? AS bigint)),
    ('MEDIUM', CAST(? AS bigint)), ('LOW', CAST(? AS bigint))
), promised (severity, hours) AS (
  SELECT severity, hours FROM given UNION ALL SELECT 'UNKNOWN', min(hours) FROM given
), unfinished AS (
  SELECT rollout, ring, account, region, patch_group, node_id, node_name, seen_at,
    patch, state, coalesce(severity, 'UNKNOWN') AS severity, coalesce(published, first_seen) AS since,
    CASE WHEN published IS NULL THEN 'first seen' ELSE 'published' END AS clock
  FROM standing CROSS JOIN {_PROBLEMS}
  WHERE state IN ('MISSING', 'FAILED') AND NOT patch_exempt
)
SELECT unfinished.*, promised.hours AS promised_hours,
  date_diff('hour', since, seen_at) - promised.hours AS hours_late
FROM unfinished JOIN promised ON promised.severity = unfinished.severity
WHERE date_add('hour', promised.hours, since) < seen_at
ORDER BY hours_late DESC, rollout, ring, account, region, node_id, patch""",
)

RING_TREND = HistoryQuery(
    name="ring-trend",
    description="State of each ring at the end of each day, by the accounts and Regions that reported it on "
    "that day; where fewer did, the figures are those of fewer. Value: days back.",
    sql=f"""\
WITH reports AS (
  SELECT *, max(seen_at) OVER (PARTITION BY rollout, account, region, ring, patch_group, day) AS last_seen_at
  FROM nodes
  WHERE day >= date_format(date_add('day', -CAST(? AS integer), current_date), '%Y-%m-%d')
)
SELECT rollout, ring, day, count(DISTINCT account || '/' || region) AS accounts_and_regions,
  count(DISTINCT CASE WHEN NOT exempt THEN node_id END) AS nodes,
  count(DISTINCT CASE WHEN compliant THEN node_id END) AS compliant_nodes,
  count(DISTINCT CASE WHEN exempt THEN node_id END) AS exempt_nodes,
  count(DISTINCT CASE WHEN NOT managed THEN node_id END) AS unmanaged_nodes,
  count(DISTINCT CASE WHEN state = 'INSTALLED_PENDING_REBOOT' THEN node_id END) AS nodes_waiting_for_reboot,
  count(CASE WHEN state = 'MISSING' AND NOT patch_exempt THEN 1 END) AS missing_patches,
  count(CASE WHEN state = 'FAILED' AND NOT patch_exempt THEN 1 END) AS failed_patches
FROM reports LEFT JOIN {_PROBLEMS} ON true
WHERE seen_at = last_seen_at
GROUP BY rollout, ring, day
ORDER BY rollout, ring, day""",
)

EXCEPTIONS = HistoryQuery(
    name="exceptions",
    description="Nodes that are exempt, and nodes with exempt patches that are not installed.",
    sql=f"""\
{_STANDING}
SELECT rollout, ring, account, region, patch_group, node_id, node_name, exempt AS whole_node_exempt,
  count(CASE WHEN patch_exempt THEN 1 END) AS exempt_problems,
  min(CASE WHEN patch_exempt THEN first_seen END) AS oldest_first_seen, seen_at
FROM standing LEFT JOIN {_PROBLEMS} ON true
WHERE exempt OR patch_exempt
GROUP BY rollout, ring, account, region, patch_group, node_id, node_name, exempt, seen_at
ORDER BY rollout, ring, account, region, node_id""",
)

NEVER_SCANNED = HistoryQuery(
    name="never-scanned",
    description="Nodes that carry the tag of a group and that no scan has seen in these days, with the time "
    "since which they are in the history. Value: days back.",
    sql="""\
WITH reports AS (
  SELECT *, max(seen_at) OVER (PARTITION BY rollout, account, region, ring, patch_group) AS last_seen_at,
    min(seen_at) OVER (PARTITION BY rollout, account, region, node_id) AS in_history_since,
    max(reported_at) OVER (PARTITION BY rollout, account, region, node_id) AS ever_reported_at
  FROM nodes
  WHERE day >= date_format(date_add('day', -CAST(? AS integer), current_date), '%Y-%m-%d')
)
SELECT rollout, ring, account, region, patch_group, node_id, node_name, managed, in_history_since, seen_at
FROM reports
WHERE seen_at = last_seen_at AND ever_reported_at IS NULL
  AND day >= date_format(date_add('day', -1, current_date), '%Y-%m-%d')
ORDER BY in_history_since, rollout, ring, account, region, node_id""",
)

REBOOT_DEBT = HistoryQuery(
    name="reboot-debt",
    description="Nodes that wait for a reboot, with the hours since they were first seen waiting, the "
    "longest first.",
    sql=f"""\
{_STANDING}
SELECT rollout, ring, account, region, patch_group, node_id, node_name, exempt,
  count(*) AS patches, min(first_seen) AS waits_since,
  date_diff('hour', min(first_seen), seen_at) AS hours_waiting, seen_at
FROM standing CROSS JOIN {_PROBLEMS}
WHERE state = 'INSTALLED_PENDING_REBOOT'
GROUP BY rollout, ring, account, region, patch_group, node_id, node_name, exempt, seen_at
ORDER BY hours_waiting DESC, rollout, ring, account, region, node_id""",
)

HISTORY_QUERIES = (WHO_IS_BEHIND, RING_TREND, EXCEPTIONS, NEVER_SCANNED, REBOOT_DEBT)
