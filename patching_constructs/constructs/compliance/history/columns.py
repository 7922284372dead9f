"""Columns and partitions of the table over the history: what the reporter writes, as Athena reads it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

TABLE = "nodes"
PREFIX = "nodes/"

PROBLEM_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "patch": "string",
        "state": "string",
        "severity": "string",
        "first_seen": "timestamp",
        "published": "timestamp",
        "exempt": "boolean",
    }
)

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "schema_version": "int",
        "seen_at": "timestamp",
        "ring": "string",
        "patch_group": "string",
        "operating_system": "string",
        "node_id": "string",
        "node_name": "string",
        "managed": "boolean",
        "compliant": "boolean",
        "exempt": "boolean",
        "reported_at": "timestamp",
        "reported_by_others": "boolean",
        "baseline_id": "string",
        "expected_baseline_id": "string",
        "unread": "string",
        "problems": f"array<struct<{','.join(f'{name}:{kind}' for name, kind in PROBLEM_FIELDS.items())}>>",
    }
)
"""https://docs.aws.amazon.com/athena/latest/ug/data-types.html"""

PARTITIONS = ("rollout", "account", "region", "day")

JSON_SERDE = "org.openx.data.jsonserde.JsonSerDe"
"""https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html"""


def projection(
    bucket_name: str,
    *,
    rollouts: Sequence[str],
    account_ids: Sequence[str],
    regions: Sequence[str],
    days: int,
) -> dict[str, str]:
    """Return the parameters with which Athena works out the partitions, so that they need not be added.

    See: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
    """
    enums = {"rollout": rollouts, "account": account_ids, "region": regions}
    parameters = {"EXTERNAL": "TRUE", "classification": "json", "projection.enabled": "true"}
    for name, values in enums.items():
        parameters |= {f"projection.{name}.type": "enum", f"projection.{name}.values": ",".join(values)}
    return parameters | {
        "projection.day.type": "date",
        "projection.day.format": "yyyy-MM-dd",
        "projection.day.range": f"NOW-{days}DAYS,NOW+1DAYS",
        "projection.day.interval": "1",
        "projection.day.interval.unit": "DAYS",
        "storage.location.template": f"s3://{bucket_name}/{PREFIX}"
        + "/".join(f"{name}=${{{name}}}" for name in PARTITIONS)
        + "/",
    }
