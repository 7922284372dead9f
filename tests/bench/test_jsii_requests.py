import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm

from bench.jsii_requests import ADD_METADATA, counted_jsii_requests


def test_a_construct_and_an_attribute_that_is_read_back_are_a_request_each() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    with counted_jsii_requests() as sent:
        baseline = ssm.CfnPatchBaseline(stack, "Baseline", name="web")
        baseline.ref  # noqa: B018 -- reading it is what counts
    assert sent == ["CreateRequest", "GetRequest"]


def test_metadata_is_reported_from_other_requests() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    baseline = ssm.CfnPatchBaseline(stack, "Baseline", name="web")
    with counted_jsii_requests() as sent:
        baseline.add_metadata("key", "value")
        baseline.override_logical_id("Other")
    assert sent == [ADD_METADATA, "InvokeRequest overrideLogicalId"]


def test_structs_tags_and_what_follows_the_block_do_not_count() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    with counted_jsii_requests() as sent:
        cdk.CfnTag(key="key", value="value")
    cdk.Stack.of(stack)
    assert sent == []
