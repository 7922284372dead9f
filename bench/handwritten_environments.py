"""The environments of patching.yaml, as somebody would write them down in Python."""

from dataclasses import dataclass, field

from bench.handwritten_ssm import (
    Approval,
    Baseline,
    Ring,
    amazon_linux_2023_security,
    everything_else,
    ubuntu_security,
    windows_security_and_bugfix,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fleet:
    """Nodes with one patch group."""

    patch_group: str
    has_windows: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """A workload account."""

    name: str
    account: str
    fleets: list[Fleet]
    baselines: list[Baseline]
    rings: list[Ring]
    recipient: str
    exemptions: list[dict[str, object]] = field(default_factory=list)


def _dev() -> Environment:
    return Environment(
        name="dev",
        account="333333333333",
        recipient="platform-team@example.com",
        fleets=[Fleet(patch_group="dev-web"), Fleet(patch_group="dev-office", has_windows=True)],
        baselines=[
            Baseline(
                name="dev-amazon-linux-2023",
                operating_system="AMAZON_LINUX_2023",
                patch_groups=["dev-web"],
                approvals=[*amazon_linux_2023_security(0), everything_else(0)],
            ),
            Baseline(
                name="dev-ubuntu",
                operating_system="UBUNTU",
                patch_groups=["dev-web"],
                approvals=[*ubuntu_security(), everything_else(0)],
            ),
            Baseline(
                name="dev-windows",
                operating_system="WINDOWS",
                patch_groups=["dev-office"],
                approvals=windows_security_and_bugfix(0),
            ),
        ],
        rings=[
            Ring(
                name="dev",
                order=1,
                patch_groups=["dev-web", "dev-office"],
                max_concurrency="50%",
                max_errors="50%",
                scan_schedule="cron(0 5 ? * * *)",
                install_schedule="cron(0 22 ? * WED *)",
            )
        ],
    )


def _test() -> Environment:
    return Environment(
        name="test",
        account="444444444444",
        recipient="platform-team@example.com",
        fleets=[Fleet(patch_group="test-web"), Fleet(patch_group="test-office", has_windows=True)],
        baselines=[
            Baseline(
                name="test-amazon-linux-2023",
                operating_system="AMAZON_LINUX_2023",
                patch_groups=["test-web"],
                approvals=[
                    *amazon_linux_2023_security(2),
                    Approval(filters={"CLASSIFICATION": ["Bugfix"]}, after_days=2, compliance_level="LOW"),
                ],
            ),
            Baseline(
                name="test-ubuntu",
                operating_system="UBUNTU",
                patch_groups=["test-web"],
                approvals=[*ubuntu_security(), everything_else(0)],
            ),
            Baseline(
                name="test-windows",
                operating_system="WINDOWS",
                patch_groups=["test-office"],
                approvals=windows_security_and_bugfix(2),
            ),
        ],
        rings=[
            Ring(
                name="test",
                order=2,
                patch_groups=["test-web", "test-office"],
                max_concurrency="50%",
                max_errors="25%",
                scan_schedule="cron(0 5 ? * * *)",
                install_schedule="cron(0 17 ? * FRI *)",
            )
        ],
    )


def _staging() -> Environment:
    return Environment(
        name="staging",
        account="555555555555",
        recipient="platform-team@example.com",
        fleets=[Fleet(patch_group="staging-web"), Fleet(patch_group="staging-office", has_windows=True)],
        baselines=[
            Baseline(
                name="staging-amazon-linux-2023",
                operating_system="AMAZON_LINUX_2023",
                patch_groups=["staging-web"],
                approvals=[
                    *amazon_linux_2023_security(5),
                    Approval(filters={"CLASSIFICATION": ["Bugfix"]}, after_days=5, compliance_level="LOW"),
                ],
            ),
            Baseline(
                name="staging-ubuntu",
                operating_system="UBUNTU",
                patch_groups=["staging-web"],
                approvals=ubuntu_security(),
            ),
            Baseline(
                name="staging-windows",
                operating_system="WINDOWS",
                patch_groups=["staging-office"],
                approvals=windows_security_and_bugfix(5),
            ),
        ],
        rings=[
            Ring(
                name="staging",
                order=3,
                promised_hours={"CRITICAL": 336.0, "HIGH": 336.0},
                patch_groups=["staging-web", "staging-office"],
                max_concurrency="25%",
                max_errors="10%",
                scan_schedule="cron(0 4 ? * * *)",
                install_schedule="cron(0 6 ? * MON *)",
                install_duration_hours=3,
            )
        ],
    )


def _prod() -> Environment:
    return Environment(
        name="prod",
        account="666666666666",
        recipient="production-on-call@example.com",
        exemptions=[
            {
                "owner": "platform-team@example.com",
                "reason": (
                    "The vendor of the payment gateway's network driver supports newer kernels from its "
                    "spring release on."
                ),
                "ticket": "CHG-20417",
                "expires": "2027-05-31",
                "nodes": "payment-gateway-*",
                "patches": "kernel*",
                "patch-groups": ["prod-web"],
            }
        ],
        fleets=[
            Fleet(patch_group="prod-web"),
            Fleet(patch_group="prod-office", has_windows=True),
            Fleet(patch_group="prod-image-built"),
        ],
        baselines=[
            Baseline(
                name="prod-amazon-linux-2023",
                description="Security updates, proven in staging",
                operating_system="AMAZON_LINUX_2023",
                patch_groups=["prod-web", "prod-image-built"],
                approvals=amazon_linux_2023_security(10),
            ),
            Baseline(
                name="prod-ubuntu",
                description="Security updates",
                operating_system="UBUNTU",
                patch_groups=["prod-web"],
                approvals=ubuntu_security(),
            ),
            Baseline(
                name="prod-windows",
                description="Security updates and rollups, proven in staging",
                operating_system="WINDOWS",
                patch_groups=["prod-office"],
                approvals=[
                    Approval(
                        filters={"CLASSIFICATION": ["SecurityUpdates"], "MSRC_SEVERITY": ["Critical"]},
                        after_days=10,
                        compliance_level="CRITICAL",
                    ),
                    Approval(
                        filters={
                            "CLASSIFICATION": ["SecurityUpdates", "UpdateRollups"],
                            "MSRC_SEVERITY": ["Important", "Moderate", "Low", "Unspecified"],
                        },
                        after_days=10,
                        compliance_level="HIGH",
                    ),
                ],
                available_security_updates_compliance_status="COMPLIANT",
            ),
        ],
        rings=[
            Ring(
                name="prod",
                order=4,
                production=True,
                promised_hours={"CRITICAL": 1104.0, "HIGH": 1104.0, "MEDIUM": 1104.0, "LOW": 1104.0},
                patch_groups=["prod-web", "prod-office"],
                max_concurrency="20%",
                max_errors="5%",
                scan_schedule="cron(0 6 ? * * *)",
                install_schedule="cron(0 1 ? * TUE#3 *)",
                install_schedule_offset_days=4,
            ),
            Ring(
                name="prod-scan-only",
                order=8,
                production=True,
                patch_groups=["prod-image-built"],
                max_concurrency="20%",
                max_errors="5%",
                scan_schedule="cron(0 6 ? * * *)",
            ),
        ],
    )


ENVIRONMENTS = (_dev(), _test(), _staging(), _prod())
