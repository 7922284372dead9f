from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct

from patching_constructs import FindingId, InvalidInputError, OperatingSystem, PatchBaseline
from tests.constructs.jsii_requests import counted_jsii_requests

OS = OperatingSystem
DEV = cdk.Environment(account="111111111111", region="eu-west-1")
PROD = cdk.Environment(account="222222222222", region="eu-west-1")
DEV_ELSEWHERE = cdk.Environment(account="111111111111", region="us-east-1")
NO_ACCOUNT = cdk.Environment(region="eu-west-1")


@pytest.fixture
def app() -> cdk.App:
    return cdk.App(analytics_reporting=False)


def define(scope: Construct, id: str, *groups: str, system: OS = OS.AMAZON_LINUX_2023) -> PatchBaseline:
    return PatchBaseline.security_updates(
        scope, id, patch_baseline_name="web", operating_system=system, patch_groups=groups
    )


def test_one_group_on_two_baselines_of_a_stack_names_both_paths(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    define(stack, "First", "web")
    with pytest.raises(InvalidInputError) as caught:
        define(stack, "Second", "db", "web")
    (finding,) = caught.value.findings
    assert (finding.id, finding.field) == (FindingId.PATCH_GROUP_REGISTERED_TWICE, "patch_groups[1]")
    assert str(caught.value).startswith("Dev/Second (PatchBaseline): patch_groups[1]: Dev/First already has")
    assert stack.node.try_find_child("Second") is None


def test_a_group_has_one_baseline_for_each_operating_system(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    for system in OS:
        if system is not OS.MACOS:
            define(stack, system.value, "web", system=system)


def test_stacks_of_one_account_and_region_are_compared(app: cdk.App) -> None:
    define(cdk.Stack(app, "One", env=DEV), "Baseline", "web")
    with pytest.raises(InvalidInputError, match=r"^Two/Baseline .*One/Baseline already has this patch group"):
        define(cdk.Stack(app, "Two", env=DEV), "Baseline", "web")


def test_stages_of_one_app_are_compared(app: cdk.App) -> None:
    define(cdk.Stack(cdk.Stage(app, "Blue"), "Stack", env=DEV), "Baseline", "web")
    with pytest.raises(InvalidInputError, match="Blue/Stack/Baseline already has"):
        define(cdk.Stack(cdk.Stage(app, "Green"), "Stack", env=DEV), "Baseline", "web")


@pytest.mark.parametrize("other", [PROD, DEV_ELSEWHERE])
def test_other_accounts_and_regions_may_have_a_group_of_the_same_name(
    app: cdk.App, other: cdk.Environment
) -> None:
    define(cdk.Stack(app, "One", env=DEV), "Baseline", "web")
    define(cdk.Stack(app, "Two", env=other), "Baseline", "web")


@pytest.mark.parametrize("env", [None, NO_ACCOUNT])
def test_stacks_whose_environment_is_not_known_are_not_compared(
    app: cdk.App, env: cdk.Environment | None
) -> None:
    define(cdk.Stack(app, "One", env=env), "Baseline", "web")
    define(cdk.Stack(app, "Two", env=env), "Baseline", "web")


def test_within_one_stack_the_environment_need_not_be_known(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Anywhere")
    define(stack, "First", "web")
    with pytest.raises(InvalidInputError, match="Anywhere/First already has"):
        define(stack, "Second", "web")


def test_other_scopes_of_a_stack_are_the_same_stack(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    define(Construct(stack, "Left"), "Baseline", "web")
    with pytest.raises(InvalidInputError, match="Dev/Left/Baseline already has"):
        define(Construct(stack, "Right"), "Baseline", "web")


def test_apps_are_not_compared() -> None:
    for _ in range(2):
        define(cdk.Stack(cdk.App(analytics_reporting=False), "Dev", env=DEV), "Baseline", "web")


def test_a_stack_without_an_app_is_compared_with_itself() -> None:
    stack = cdk.Stack()
    define(stack, "First", "web")
    with pytest.raises(InvalidInputError, match="First already has"):
        define(stack, "Second", "web")


def test_a_group_that_is_registered_later_is_compared_in_both_directions(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    first, second = define(stack, "First", "web"), define(stack, "Second")
    with pytest.raises(InvalidInputError, match=r"^Dev/Second .*Dev/First already has"):
        second.register_patch_group("web")
    second.register_patch_group("db")
    with pytest.raises(InvalidInputError, match=r"^Dev/First .*Dev/Second already has"):
        first.register_patch_group("db")
    assert (first.patch_groups, second.patch_groups) == (("web",), ("db",))


def test_a_refused_baseline_registers_nothing(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Dev", env=DEV)
    with pytest.raises(InvalidInputError, match="a,b"):
        define(stack, "Refused", "web", "a,b")
    define(stack, "Accepted", "web")


def test_a_baseline_that_nobody_holds_still_has_its_group(app: cdk.App) -> None:
    def define_and_forget() -> None:
        define(cdk.Stack(app, "One", env=DEV), "Baseline", "web")

    define_and_forget()
    with pytest.raises(InvalidInputError, match="One/Baseline already has"):
        define(cdk.Stack(app, "Two", env=DEV), "Baseline", "web")


def test_many_accounts_cost_one_request_each(app: cdk.App) -> None:
    stacks = [
        cdk.Stack(app, f"Stack{number}", env=cdk.Environment(account=f"{number:012}", region="eu-west-1"))
        for number in range(1, 6)
    ]
    groups = ("many-accounts-web", "many-accounts-db")
    define(stacks[0], "Baseline", *groups)
    costs: list[Any] = []
    for stack in stacks[1:]:
        with counted_jsii_requests() as sent:
            define(stack, "Baseline", *groups)
        costs.append(sorted(sent))
    first = ["CreateRequest", "CreateRequest", "GetRequest", "GetRequest"]
    assert costs == [first, *[["CreateRequest", "CreateRequest", "GetRequest"]] * 3]


def test_groups_that_no_other_stack_has_cost_no_request(app: cdk.App) -> None:
    define(cdk.Stack(app, "One", env=DEV), "Baseline", "only-in-one")
    stack = cdk.Stack(app, "Two", env=DEV)
    with counted_jsii_requests() as sent:
        define(stack, "Baseline", "only-in-two")
    assert sent == ["CreateRequest", "CreateRequest"]
