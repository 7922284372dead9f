"""What an account and Region really holds, read with boto3."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from demo.compliance import Compliance, read_compliance
from demo.paging import all_items
from patching_constructs import Schedule

RING_TAG = "patching-constructs:ring"
RING_ORDER_TAG = "patching-constructs:ring-order"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A maintenance window with what is registered on it."""

    name: str
    schedule: Schedule
    duration_hours: int
    cutoff_hours: int
    patch_groups: list[str]
    tasks: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedRing:
    """A ring as its windows' tags and targets show it."""

    name: str
    order: int
    windows: list[Window] = field(default_factory=list)

    @property
    def patch_groups(self) -> list[str]:
        """The groups that the ring's windows target."""
        return list(dict.fromkeys(group for window in self.windows for group in window.patch_groups))


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """What an account and Region holds."""

    account_name: str
    account: str
    region: str
    baselines: list[dict[str, Any]]
    rings: list[DeployedRing]
    alarms: list[dict[str, Any]]
    subscriptions: list[dict[str, Any]]
    event_buses: list[str]
    compliance: Compliance


def read_deployment(
    client: Callable[..., Any], *, account: str, region: str, account_name: str
) -> Deployment:
    """Read baselines, windows, alarms, subscriptions and what reports compliance.

    Args:
        client: Gives a boto3 client for a service, `account` and `region`.
        account: Account id.
        region: Region code.
        account_name: Name of the account in patching.yaml.
    """
    ssm, cloudwatch, sns, events = (
        client(service, account=account, region=region) for service in ("ssm", "cloudwatch", "sns", "events")
    )
    return Deployment(
        account_name=account_name,
        account=account,
        region=region,
        baselines=list(_baselines(ssm)),
        rings=_rings(ssm),
        alarms=all_items(cloudwatch, "describe_alarms", "MetricAlarms"),
        subscriptions=all_items(sns, "list_subscriptions", "Subscriptions"),
        event_buses=[
            bus["Name"] for bus in events.list_event_buses()["EventBuses"] if bus["Name"] != "default"
        ],
        compliance=read_compliance(client, account=account, region=region),
    )


def _baselines(ssm: Any) -> Iterator[dict[str, Any]]:
    own = [{"Key": "OWNER", "Values": ["Self"]}]
    for identity in all_items(ssm, "describe_patch_baselines", "BaselineIdentities", Filters=own):
        yield ssm.get_patch_baseline(BaselineId=identity["BaselineId"])


def _rings(ssm: Any) -> list[DeployedRing]:
    rings: dict[str, DeployedRing] = {}
    for identity in all_items(ssm, "describe_maintenance_windows", "WindowIdentities"):
        window_id = identity["WindowId"]
        tag_list = ssm.list_tags_for_resource(ResourceType="MaintenanceWindow", ResourceId=window_id)[
            "TagList"
        ]
        tags = {tag["Key"]: tag["Value"] for tag in tag_list}
        name = tags[RING_TAG]
        ring = rings.setdefault(name, DeployedRing(name=name, order=int(tags[RING_ORDER_TAG])))
        ring.windows.append(_window(ssm, window_id))
    return sorted(rings.values(), key=lambda ring: ring.order)


def _window(ssm: Any, window_id: str) -> Window:
    window = ssm.get_maintenance_window(WindowId=window_id)
    targets = all_items(ssm, "describe_maintenance_window_targets", "Targets", WindowId=window_id)
    tasks = all_items(ssm, "describe_maintenance_window_tasks", "Tasks", WindowId=window_id)
    return Window(
        name=window["Name"],
        schedule=Schedule(
            expression=window["Schedule"],
            timezone=window.get("ScheduleTimezone"),
            offset_days=window.get("ScheduleOffset"),
            start_date=window.get("StartDate"),
            end_date=window.get("EndDate"),
        ),
        duration_hours=window["Duration"],
        cutoff_hours=window["Cutoff"],
        patch_groups=[
            value for target in targets for condition in target["Targets"] for value in condition["Values"]
        ],
        tasks=[
            ssm.get_maintenance_window_task(WindowId=window_id, WindowTaskId=task["WindowTaskId"])
            for task in sorted(tasks, key=lambda task: task["Priority"])
        ],
    )
