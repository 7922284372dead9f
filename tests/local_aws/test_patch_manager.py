"""What the Patch Manager API refuses and lists, whoever calls it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError


def create(ssm: Any, name: str = "baseline", **properties: Any) -> str:
    return str(ssm.create_patch_baseline(Name=name, **properties)["BaselineId"])


def rules(*rules: dict[str, Any]) -> dict[str, Any]:
    filters = {"PatchFilterGroup": {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]}}
    return {"ApprovalRules": {"PatchRules": [{**filters, **rule} for rule in rules]}}


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        pytest.param({"Name": "no spaces"}, "regular expression pattern", id="name"),
        pytest.param({"OperatingSystem": "BEOS"}, "enum value set", id="operating system"),
        pytest.param({"ApprovedPatches": ["x"] * 51}, "less than or equal to 50", id="51 approved patches"),
        pytest.param({"RejectedPatches": ["x"] * 51}, "less than or equal to 50", id="51 rejected patches"),
        pytest.param({"Description": "x" * 1025}, "less than or equal to 1024", id="description"),
        pytest.param(rules({"ApproveAfterDays": 361}), "less than or equal to 360", id="361 days"),
        pytest.param(rules({}), "exactly one of ApproveAfterDays and ApproveUntilDate", id="no approval"),
        pytest.param(
            rules({"ApproveAfterDays": 1, "ApproveUntilDate": "2027-01-01"}),
            "exactly one of ApproveAfterDays and ApproveUntilDate",
            id="two approvals",
        ),
        pytest.param(rules(*[{"ApproveAfterDays": 1}] * 11), "less than or equal to 10", id="11 rules"),
        pytest.param(
            {"GlobalFilters": {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}] * 5}},
            "less than or equal to 4",
            id="5 filters, which the CloudFormation schema allows",
        ),
    ],
)
def test_the_api_refuses(aws: Any, request_: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ClientError, match=complaint) as caught:
        create(aws("ssm"), **{"name": request_.pop("Name", "baseline"), **request_})
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_the_api_takes_what_is_just_within_the_limits(aws: Any) -> None:
    assert create(
        aws("ssm"),
        ApprovedPatches=["x"] * 50,
        **rules(*[{"ApproveAfterDays": 360}] * 10),
        GlobalFilters={"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}] * 4},
    )


def test_a_twenty_sixth_group_on_a_baseline_is_refused(aws: Any) -> None:
    ssm = aws("ssm")
    baseline_id = create(ssm)
    for number in range(25):
        ssm.register_patch_baseline_for_patch_group(BaselineId=baseline_id, PatchGroup=f"group-{number}")
    with pytest.raises(ssm.exceptions.ResourceLimitExceededException):
        ssm.register_patch_baseline_for_patch_group(BaselineId=baseline_id, PatchGroup="group-25")


def test_a_fifty_first_baseline_is_refused(aws: Any) -> None:
    ssm = aws("ssm")
    for _ in range(50):
        create(ssm)
    with pytest.raises(ssm.exceptions.ResourceLimitExceededException):
        create(ssm)


def test_a_group_is_held_by_one_baseline_per_operating_system(aws: Any) -> None:
    ssm = aws("ssm")
    first, second = create(ssm), create(ssm)
    ssm.register_patch_baseline_for_patch_group(BaselineId=first, PatchGroup="web")
    with pytest.raises(ssm.exceptions.AlreadyExistsException, match="registered for OperatingSystem WINDOWS"):
        ssm.register_patch_baseline_for_patch_group(BaselineId=second, PatchGroup="web")
    ssm.deregister_patch_baseline_for_patch_group(BaselineId=first, PatchGroup="web")
    ssm.register_patch_baseline_for_patch_group(BaselineId=second, PatchGroup="web")
    assert ssm.get_patch_baseline_for_patch_group(PatchGroup="web")["BaselineId"] == second


def test_a_group_name_with_a_character_that_aws_refuses_is_refused(aws: Any) -> None:
    ssm = aws("ssm")
    baseline_id = create(ssm)
    with pytest.raises(ClientError, match="regular expression pattern"):
        ssm.register_patch_baseline_for_patch_group(BaselineId=baseline_id, PatchGroup="web{1}")
    ssm.register_patch_baseline_for_patch_group(
        BaselineId=baseline_id, PatchGroup="Größe ü/web_1:a=b+c-d@e.f"
    )


def test_deregistering_a_group_that_another_baseline_holds_changes_nothing(aws: Any) -> None:
    ssm = aws("ssm")
    holder, other = create(ssm), create(ssm)
    ssm.register_patch_baseline_for_patch_group(BaselineId=holder, PatchGroup="web")
    ssm.deregister_patch_baseline_for_patch_group(BaselineId=other, PatchGroup="web")
    assert ssm.get_patch_baseline_for_patch_group(PatchGroup="web")["BaselineId"] == holder


def test_an_unregistered_group_falls_back_to_the_default_baseline(aws: Any) -> None:
    ssm = aws("ssm")
    found = ssm.get_patch_baseline_for_patch_group(PatchGroup="typo", OperatingSystem="UBUNTU")
    assert found["BaselineId"] == ssm.get_default_patch_baseline(OperatingSystem="UBUNTU")["BaselineId"]


def test_a_baseline_in_use_cannot_be_deleted(aws: Any) -> None:
    ssm = aws("ssm")
    grouped, default = create(ssm), create(ssm)
    ssm.register_patch_baseline_for_patch_group(BaselineId=grouped, PatchGroup="web")
    ssm.register_default_patch_baseline(BaselineId=default)
    for baseline_id in (grouped, default):
        with pytest.raises(ssm.exceptions.ResourceInUseException):
            ssm.delete_patch_baseline(BaselineId=baseline_id)


def test_an_update_without_replace_keeps_the_rest(aws: Any) -> None:
    ssm = aws("ssm")
    baseline_id = create(ssm, ApprovedPatches=["KB1"], Description="kept")
    ssm.update_patch_baseline(BaselineId=baseline_id, ApprovedPatches=["KB2"])
    read = ssm.get_patch_baseline(BaselineId=baseline_id)
    assert (read["ApprovedPatches"], read["Description"]) == (["KB2"], "kept")


def test_aws_owns_a_default_baseline_for_every_operating_system(aws: Any) -> None:
    ssm = aws("ssm")
    owned = ssm.describe_patch_baselines(Filters=[{"Key": "OWNER", "Values": ["AWS"]}])["BaselineIdentities"]
    enum = ssm.meta.service_model.shape_for("OperatingSystem").enum
    assert {item["OperatingSystem"] for item in owned} == set(enum)
    assert all(item["DefaultBaseline"] for item in owned)
    assert all(item["BaselineName"].startswith("AWS-") for item in owned)
    assert all(item["BaselineId"].startswith("arn:aws:ssm:eu-west-1:") for item in owned)


def test_a_baseline_of_aws_can_be_given_groups_but_its_rules_are_not_claimed(aws: Any) -> None:
    ssm = aws("ssm")
    owned = ssm.get_default_patch_baseline(OperatingSystem="SUSE")["BaselineId"]
    ssm.register_patch_baseline_for_patch_group(BaselineId=owned, PatchGroup="web")
    found = ssm.get_patch_baseline_for_patch_group(PatchGroup="web", OperatingSystem="SUSE")
    assert found["BaselineId"] == owned
    with pytest.raises(ssm.exceptions.DoesNotExistException):
        ssm.get_patch_baseline(BaselineId=owned)


def test_listings_filter_and_page(aws: Any) -> None:
    ssm = aws("ssm")
    ids = {
        create(ssm, f"{name}-{system}", OperatingSystem=system)
        for name in ("app", "web")
        for system in ("UBUNTU", "SUSE")
    }
    own = {"Key": "OWNER", "Values": ["Self"]}
    pages = ssm.get_paginator("describe_patch_baselines").paginate(
        Filters=[own], PaginationConfig={"PageSize": 3}
    )
    assert {item["BaselineId"] for page in pages for item in page["BaselineIdentities"]} == ids
    filters = [
        own,
        {"Key": "NAME_PREFIX", "Values": ["web"]},
        {"Key": "OPERATING_SYSTEM", "Values": ["UBUNTU"]},
    ]
    found = ssm.describe_patch_baselines(Filters=filters)["BaselineIdentities"]
    assert [item["BaselineName"] for item in found] == ["web-UBUNTU"]


def test_groups_filter_by_name_and_operating_system(aws: Any) -> None:
    ssm = aws("ssm")
    for system in ("UBUNTU", "SUSE"):
        baseline_id = create(ssm, OperatingSystem=system)
        for group in ("web", "app"):
            ssm.register_patch_baseline_for_patch_group(BaselineId=baseline_id, PatchGroup=group)
    filters = [{"Key": "NAME_PREFIX", "Values": ["w"]}, {"Key": "OPERATING_SYSTEM", "Values": ["SUSE"]}]
    (found,) = ssm.describe_patch_groups(Filters=filters)["Mappings"]
    assert (found["PatchGroup"], found["BaselineIdentity"]["OperatingSystem"]) == ("web", "SUSE")
