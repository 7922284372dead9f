"""Events in the shape of AWS's documented samples, and what EventBridge does with them.

https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
"""

import json
from typing import Any

from moto.events.models import EventPattern
from moto.events.utils import EventTemplateParser

Event = dict[str, Any]


def _event(detail_type: str, resource: str, detail: Event) -> Event:
    return {
        "version": "0",
        "id": "51c0891d-0e34-45b1-83d6-95db273d1602",
        "detail-type": detail_type,
        "source": "aws.ssm",
        "account": "123456789012",
        "time": "2016-07-10T21:51:32Z",
        "region": "us-east-2",
        "resources": [resource],
        "detail": detail,
    }


def command(status: str, *, document_name: str = "AWS-RunPatchBaseline") -> Event:
    return _event(
        "EC2 Command Status-change Notification",
        "arn:aws:ec2:us-east-2:123456789012:instance/i-abcd1111",
        {
            "command-id": "e8d3c0e4-71f7-4491-898f-c9b35bee5f3b",
            "document-name": document_name,
            "expire-after": "2016-07-14T22:01:30.049Z",
            "parameters": {"Operation": ["Install"], "RebootOption": ["NoReboot"]},
            "requested-date-time": "2016-07-10T21:51:30.049Z",
            "status": status,
        },
    )


def command_invocation(status: str, *, document_name: str = "AWS-RunPatchBaseline") -> Event:
    return _event(
        "EC2 Command Invocation Status-change Notification",
        "arn:aws:ec2:us-east-2:123456789012:instance/i-abcd1111",
        {
            "command-id": "e8d3c0e4-71f7-4491-898f-c9b35bee5f3b",
            "document-name": document_name,
            "instance-id": "i-9bb89e2b",
            "requested-date-time": "2016-07-10T21:51:30.049Z",
            "status": status,
        },
    )


def window_execution(status: str, *, window_id: str = "mw-0ed7251d3fcf6e0c2") -> Event:
    return _event(
        "Maintenance Window Execution State-change Notification",
        "arn:aws:ssm:us-east-2:123456789012:maintenancewindow/mw-123456789012345678",
        {
            "start-time": "2016-11-16T01:00:56.427Z",
            "end-time": "2016-11-16T01:00:57.070Z",
            "window-id": window_id,
            "window-execution-id": "b60fb56e-776c-4e5c-84ee-123456789012",
            "status": status,
        },
    )


def window_task_execution(status: str) -> Event:
    event = window_execution(status)
    event["detail-type"] = "Maintenance Window Task Execution State-change Notification"
    event["detail"]["task-execution-id"] = "6417e808-7f35-4d1a-843f-123456789012"
    return event


def compliance(
    status: str, *, patch_baseline_id: str = "pb-0123456789abcdef0", compliance_type: str = "Patch"
) -> Event:
    return _event(
        "Configuration Compliance State Change",
        "arn:aws:ssm:us-east-2:123456789012:managed-instance/i-01234567890abcdef",
        {
            "resource-type": "managed-instance",
            "resource-id": "i-01234567890abcdef",
            "compliance-status": status,
            "compliance-type": compliance_type,
            "patch-baseline-id": patch_baseline_id,
            "severity": "critical",
        },
    )


def calendar(state: str) -> Event:
    return _event(
        "Calendar State Change",
        "arn:aws:ssm:us-east-2:123456789012:document/YearEnd",
        {
            "state": state,
            "atTime": "2020-09-19T18:00:07Z",
            "nextTransitionTime": "2020-10-11T18:00:07Z",
        },
    )


def matches(event_pattern: Event, event: Event) -> bool:
    """Ask moto's EventBridge whether a rule with this pattern matches."""
    matched: bool = EventPattern.load(json.dumps(event_pattern)).matches_event(event)
    return matched


def render(input_paths_map: dict[str, str], input_template: str, event: Event) -> Any:
    """Let moto's EventBridge transform the event; a template whose result is no JSON is an error."""
    return EventTemplateParser.parse(input_template, input_paths_map, event | {"ingestion-time": 0})
