"""Patch baselines and patch groups of one account and Region, as the Systems Manager API shows them.

Method names are API operations; each takes the request and gives the response.

See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from local_aws.aws import client
from local_aws.errors import ApiError
from local_aws.paging import page
from patching_constructs import OperatingSystem

Request = Mapping[str, Any]
Response = dict[str, Any]

MAX_BASELINES = 50
"""See: https://docs.aws.amazon.com/general/latest/gr/ssm.html"""
MAX_GROUPS_PER_BASELINE = 25
"""See: https://docs.aws.amazon.com/general/latest/gr/ssm.html"""

_AWS_NAMES = {
    "ALMA_LINUX": "AWS-AlmaLinuxDefaultPatchBaseline",
    "AMAZON_LINUX": "AWS-AmazonLinuxDefaultPatchBaseline",
    "AMAZON_LINUX_2": "AWS-AmazonLinux2DefaultPatchBaseline",
    "AMAZON_LINUX_2022": "AWS-AmazonLinux2022DefaultPatchBaseline",
    "AMAZON_LINUX_2023": "AWS-AmazonLinux2023DefaultPatchBaseline",
    "CENTOS": "AWS-CentOSDefaultPatchBaseline",
    "DEBIAN": "AWS-DebianDefaultPatchBaseline",
    "MACOS": "AWS-MacOSDefaultPatchBaseline",
    "ORACLE_LINUX": "AWS-OracleLinuxDefaultPatchBaseline",
    "RASPBIAN": "AWS-RaspbianDefaultPatchBaseline",
    "REDHAT_ENTERPRISE_LINUX": "AWS-RedHatDefaultPatchBaseline",
    "ROCKY_LINUX": "AWS-RockyLinuxDefaultPatchBaseline",
    "SUSE": "AWS-SuseDefaultPatchBaseline",
    "UBUNTU": "AWS-UbuntuDefaultPatchBaseline",
    "WINDOWS": "AWS-DefaultPatchBaseline",
}
_DEFAULTS = {
    "OperatingSystem": "WINDOWS",
    "GlobalFilters": {"PatchFilters": []},
    "ApprovalRules": {"PatchRules": []},
    "ApprovedPatches": [],
    "ApprovedPatchesComplianceLevel": "UNSPECIFIED",
    "ApprovedPatchesEnableNonSecurity": False,
    "RejectedPatches": [],
    "RejectedPatchesAction": "ALLOW_AS_DEPENDENCY",
    "Sources": [],
}
_AWS_RULES = {
    **_DEFAULTS,
    "ApprovalRules": {
        "PatchRules": [
            {
                "PatchFilterGroup": {
                    "PatchFilters": [
                        {
                            "Key": "CLASSIFICATION",
                            "Values": ["Security", "SecurityUpdates", "CriticalUpdates"],
                        }
                    ]
                },
                "ApproveAfterDays": 7,
            }
        ]
    },
}
"""What the baselines of AWS approve, put simply.

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-predefined-and-custom-patch-baselines.html
"""

_KEPT = ("BaselineId", "Name", "OperatingSystem", "CreatedDate")
_NOT_STORED = frozenset({"BaselineId", "Tags", "ClientToken", "Replace"})


class PatchManager:
    """Patch baselines and patch groups of one account and Region.

    Args:
        account: The account.
        region: The Region.
        aws_baselines: ARN of the baseline that AWS owns, per operating system.
    """

    def __init__(self, account: str, region: str, aws_baselines: Mapping[str, str]) -> None:
        self._account, self._region = account, region
        self._aws_baselines = aws_baselines
        self._baselines: dict[str, dict[str, Any]] = {}
        self._groups: dict[tuple[str, str], str] = {}
        self._defaults: dict[str, str] = dict(aws_baselines)

    def has(self, baseline_id: str) -> bool:
        """Return whether this account owns the baseline."""
        return baseline_id in self._baselines

    # ---- baselines

    def create_patch_baseline(self, request: Request) -> Response:
        """Answer CreatePatchBaseline.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html
        """
        if len(self._baselines) >= MAX_BASELINES:
            raise ApiError("ResourceLimitExceededException", f"{MAX_BASELINES} patch baselines exist already")
        _check_rules(request)
        baseline_id = f"pb-{secrets.token_hex(9)[:17]}"
        now = datetime.now(UTC)
        self._baselines[baseline_id] = {
            **_DEFAULTS,
            **_stored(request),
            "BaselineId": baseline_id,
            "CreatedDate": now,
            "ModifiedDate": now,
        }
        if request.get("Tags"):
            self._ssm.add_tags_to_resource(
                ResourceType="PatchBaseline", ResourceId=baseline_id, Tags=request["Tags"]
            )
        return {"BaselineId": baseline_id}

    def update_patch_baseline(self, request: Request) -> Response:
        """Answer UpdatePatchBaseline.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdatePatchBaseline.html
        """
        _check_rules(request)
        baseline = self._own(request["BaselineId"])
        base: Mapping[str, Any] = baseline
        if request.get("Replace"):
            base = {**_DEFAULTS, **{name: baseline[name] for name in _KEPT}}
        updated = {**base, **_stored(request), "ModifiedDate": datetime.now(UTC)}
        self._baselines[baseline["BaselineId"]] = updated
        return updated

    def get_patch_baseline(self, request: Request) -> Response:
        """Answer GetPatchBaseline.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetPatchBaseline.html
        """
        baseline = self._own(request["BaselineId"])
        return {**baseline, "PatchGroups": sorted(self._groups_of(baseline["BaselineId"]))}

    def delete_patch_baseline(self, request: Request) -> Response:
        """Answer DeletePatchBaseline.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeletePatchBaseline.html
        """
        baseline_id = request["BaselineId"]
        if baseline_id in self._baselines:
            if groups := self._groups_of(baseline_id):
                # The wording of https://github.com/rebuy-de/aws-nuke/pull/321.
                raise ApiError(
                    "ResourceInUseException",
                    f"PatchBaseline to be deleted is used for Patch Group: {', '.join(sorted(groups))}",
                )
            # Terraform meets this error, and makes another baseline the default before it tries again:
            # https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ssm/patch_baseline.go
            if baseline_id in self._defaults.values():
                raise ApiError("ResourceInUseException", f"{baseline_id} is a default patch baseline")
            del self._baselines[baseline_id]
        return {"BaselineId": baseline_id}

    def describe_patch_baselines(self, request: Request) -> Response:
        """Answer DescribePatchBaselines.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribePatchBaselines.html
        """
        filters = {item["Key"]: item["Values"] for item in request.get("Filters", [])}
        identities: Iterable[Response] = ()
        if "Self" in filters.get("OWNER", ["Self"]):
            identities = [self._identity(baseline_id) for baseline_id in self._baselines]
        if "AWS" in filters.get("OWNER", ["AWS"]):
            identities = [*identities, *(self._identity(arn) for arn in self._aws_baselines.values())]
        found = [
            identity
            for identity in identities
            if _starts_with(identity["BaselineName"], filters.get("NAME_PREFIX"))
            and identity["OperatingSystem"] in filters.get("OPERATING_SYSTEM", [identity["OperatingSystem"]])
        ]
        return page(found, request, "BaselineIdentities")

    def register_default_patch_baseline(self, request: Request) -> Response:
        """Answer RegisterDefaultPatchBaseline.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterDefaultPatchBaseline.html
        """
        identity = self._identity(request["BaselineId"])
        self._defaults[identity["OperatingSystem"]] = identity["BaselineId"]
        return {"BaselineId": identity["BaselineId"]}

    def get_default_patch_baseline(self, request: Request) -> Response:
        """Answer GetDefaultPatchBaseline.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetDefaultPatchBaseline.html
        """
        operating_system = request.get("OperatingSystem", "WINDOWS")
        return {"BaselineId": self._defaults[operating_system], "OperatingSystem": operating_system}

    # ---- patch groups

    def register_patch_baseline_for_patch_group(self, request: Request) -> Response:
        """Answer RegisterPatchBaselineForPatchGroup.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterPatchBaselineForPatchGroup.html
        """
        group = request["PatchGroup"]
        identity = self._identity(request["BaselineId"])
        operating_system, baseline_id = identity["OperatingSystem"], identity["BaselineId"]
        if (group, operating_system) in self._groups:
            raise ApiError(
                "AlreadyExistsException",
                "Patch Group baseline already has a baseline registered for "
                f"OperatingSystem {operating_system}.",
            )
        if len(self._groups_of(baseline_id)) >= MAX_GROUPS_PER_BASELINE:
            raise ApiError(
                "ResourceLimitExceededException",
                f"{baseline_id} has {MAX_GROUPS_PER_BASELINE} patch groups already",
            )
        self._groups[group, operating_system] = baseline_id
        return {"BaselineId": baseline_id, "PatchGroup": group}

    def deregister_patch_baseline_for_patch_group(self, request: Request) -> Response:
        """Answer DeregisterPatchBaselineForPatchGroup.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeregisterPatchBaselineForPatchGroup.html
        """
        group = request["PatchGroup"]
        identity = self._identity(request["BaselineId"])
        key = (group, identity["OperatingSystem"])
        if self._groups.get(key) == identity["BaselineId"]:
            del self._groups[key]
        return {"BaselineId": identity["BaselineId"], "PatchGroup": group}

    def get_patch_baseline_for_patch_group(self, request: Request) -> Response:
        """Answer GetPatchBaselineForPatchGroup.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetPatchBaselineForPatchGroup.html
        """
        group, operating_system = request["PatchGroup"], request.get("OperatingSystem", "WINDOWS")
        return {
            "BaselineId": self._groups.get((group, operating_system), self._defaults[operating_system]),
            "PatchGroup": group,
            "OperatingSystem": operating_system,
        }

    def describe_patch_groups(self, request: Request) -> Response:
        """Answer DescribePatchGroups.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribePatchGroups.html
        """
        filters = {item["Key"]: item["Values"] for item in request.get("Filters", [])}
        found = [
            {"PatchGroup": group, "BaselineIdentity": self._identity(baseline_id)}
            for (group, operating_system), baseline_id in sorted(self._groups.items())
            if _starts_with(group, filters.get("NAME_PREFIX"))
            and operating_system in filters.get("OPERATING_SYSTEM", [operating_system])
        ]
        return page(found, request, "Mappings")

    def rules_for(
        self, patch_group: str | None, operating_system: OperatingSystem
    ) -> tuple[str, Mapping[str, Any]]:
        """Give the baseline that nodes use, and its rules; where none is registered, the default."""
        baseline_id = self._groups.get(
            (patch_group or "", operating_system), self._defaults[operating_system]
        )
        return baseline_id, self._baselines.get(baseline_id, _AWS_RULES)

    def operating_system_of(self, baseline_id: str) -> str:
        """Return the operating system of a baseline: by id if the account owns it, by ARN if AWS does.

        See: https://docs.aws.amazon.com/cli/latest/reference/ssm/describe-effective-patches-for-patch-baseline.html#examples
        """
        if baseline_id not in self._baselines and baseline_id not in self._aws_baselines.values():
            raise ApiError(
                "DoesNotExistException", f"Patch Baseline {baseline_id} does not exist in this account."
            )
        return str(self._identity(baseline_id)["OperatingSystem"])

    # ---- inside

    @property
    def _ssm(self) -> Any:
        return client("ssm", account=self._account, region=self._region)

    def _own(self, baseline_id: str) -> dict[str, Any]:
        if baseline_id not in self._baselines:
            raise ApiError(
                "DoesNotExistException", f"Patch Baseline {baseline_id} does not exist in this account."
            )
        return self._baselines[baseline_id]

    def _identity(self, baseline_id: str) -> Response:
        for operating_system, arn in self._aws_baselines.items():
            if baseline_id in {arn, arn.rsplit("/", 1)[1]}:
                return {
                    "BaselineId": arn,
                    "BaselineName": _AWS_NAMES[operating_system],
                    "OperatingSystem": operating_system,
                    "DefaultBaseline": self._defaults[operating_system] == arn,
                }
        baseline = self._own(baseline_id)
        identity = {
            "BaselineId": baseline_id,
            "BaselineName": baseline["Name"],
            "OperatingSystem": baseline["OperatingSystem"],
            "DefaultBaseline": self._defaults[baseline["OperatingSystem"]] == baseline_id,
        }
        if "Description" in baseline:
            identity["BaselineDescription"] = baseline["Description"]
        return identity

    def _groups_of(self, baseline_id: str) -> set[str]:
        return {group for (group, _), holder in self._groups.items() if holder == baseline_id}


def _stored(request: Request) -> dict[str, Any]:
    stored = {name: value for name, value in request.items() if name not in _NOT_STORED}
    if "ApprovalRules" in stored:
        rules = stored["ApprovalRules"]["PatchRules"]
        defaults = {"ComplianceLevel": "UNSPECIFIED", "EnableNonSecurity": False}
        stored["ApprovalRules"] = {"PatchRules": [{**defaults, **rule} for rule in rules]}
    return stored


def _check_rules(request: Request) -> None:
    for position, rule in enumerate(request.get("ApprovalRules", {}).get("PatchRules", []), start=1):
        if ("ApproveAfterDays" in rule) == ("ApproveUntilDate" in rule):
            raise ApiError(
                "ValidationException",
                f"Approval rule {position} must have exactly one of ApproveAfterDays and ApproveUntilDate",
            )


def _starts_with(name: str, prefixes: list[str] | None) -> bool:
    return prefixes is None or name.startswith(tuple(prefixes))
