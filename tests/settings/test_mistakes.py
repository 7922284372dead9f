"""A mistake in patching.yaml is reported once: line, field, value received, values allowed."""

from pathlib import Path

import pytest

from patching_constructs import PROMISES, READY_MADE, OperatingSystem, PatchFilterKey, SettingsError
from patching_constructs.settings.freeze import MOMENT_PATTERN
from patching_constructs.settings.schedule import DATE_PATTERN
from tests.settings.sample import changed, load

OPERATING_SYSTEMS = ", ".join(OperatingSystem)
FILTER_KEYS = ", ".join(PatchFilterKey)
RULE_SETS = ", ".join(sorted(READY_MADE))

PUBLIC = ", ".join(sorted(PROMISES))
FREEZES = "freezes:\n  - {name: sales, from: 2026-12-19, until: 2026-12-20}\n"
MOMENT = f"text such as 2026-12-19 such as 2026-12-19T18:00:00+01:00 that matches {MOMENT_PATTERN}"

TEXT_PATTERN = r"that matches \S"
NO_OWNER = '" "'
EXEMPTION = "exemptions:\n  - {owner: web, reason: a, ticket: T-1, expires: 2027-03-31"

CASES = [
    pytest.param(
        [("baselines:\n", f"{EXEMPTION}}}\nbaselines:\n")],
        11,
        "exemptions[0]",
        "leaves out every patch of every node",
        "no choice of nodes, patches or patch_groups",
        "at least one of nodes, patches and patch_groups",
        id="exemption of everything",
    ),
    pytest.param(
        [("baselines:\n", f"{EXEMPTION}, nodes: '**', accounts: [prod]}}\nbaselines:\n")],
        11,
        "exemptions[0]",
        "leaves out every patch of every node",
        "no choice of nodes, patches or patch_groups",
        "at least one of nodes, patches and patch_groups",
        id="exemption of a whole account",
    ),
    pytest.param(
        [("baselines:\n", f"{EXEMPTION.replace('web', NO_OWNER)}, nodes: a}}\nbaselines:\n")],
        11,
        "exemptions[0].owner",
        "not of the right form",
        "' '",
        rf"text such as billing team {TEXT_PATTERN}",
        id="exemption without owner",
    ),
    pytest.param(
        [("baselines:\n", f"{EXEMPTION.replace('ticket: T-1, ', '')}, nodes: a}}\nbaselines:\n")],
        11,
        "exemptions[0].ticket",
        "missing",
        "nothing",
        rf"text such as CHG-1234 {TEXT_PATTERN}",
        id="exemption without a ticket",
    ),
    pytest.param(
        [("baselines:\n", f"{EXEMPTION.replace('03-31', '02-30')}, nodes: a}}\nbaselines:\n")],
        11,
        "exemptions[0].expires",
        "day is out of range for month",
        "'2027-02-30'",
        f"text such as 2027-03-31 that matches ^{DATE_PATTERN}$",
        id="exemption until a day that does not exist",
    ),
    pytest.param(
        [("baselines:\n", f"{EXEMPTION}, patch_groups: [prod-wbe]}}\nbaselines:\n")],
        11,
        "exemptions[0].patch_groups[0]",
        "no patch group has this name",
        "'prod-wbe'",
        "dev-web, prod-web, prod-images; did you mean 'prod-web'?",
        id="exemption of a group that is not there",
    ),
    pytest.param(
        [("baselines:\n", f"{EXEMPTION}, patch_groups: [dev-web], accounts: [prod]}}\nbaselines:\n")],
        11,
        "exemptions[0].patch_groups[0]",
        "no patch group of these accounts has this name",
        "'dev-web'",
        "prod-web, prod-images; did you mean 'prod-web'?",
        id="exemption of a group of another account",
    ),
    pytest.param(
        [("baselines:\n", f"{EXEMPTION}, nodes: a, accounts: [security]}}\nbaselines:\n")],
        11,
        "exemptions[0].accounts[0]",
        "no workload account has this name",
        "'security'",
        "dev, prod",
        id="exemption in an account that is not patched",
    ),
    pytest.param(
        [("baselines:\n", f"{EXEMPTION}, nodes: a, accounts: [prod, prod]}}\nbaselines:\n")],
        11,
        "exemptions[0].accounts[1]",
        "duplicate value",
        "'prod'",
        "each value once",
        id="account of an exemption twice",
    ),
    pytest.param(
        [("rollout_name:", "rolout_name: x\nrollout_name:")],
        1,
        "rolout_name",
        "unknown key",
        "'rolout_name'",
        (
            "rollout_name, partition, regions, accounts, baselines, rings, recipients, "
            "organization_id, freezes, exemptions, visibility_lag_days, minutes_per_node, "
            "security_hub, config_rules, dashboards, monthly_budget, quotas; did you mean 'rollout_name'?"
        ),
        id="unknown key",
    ),
    pytest.param(
        [("baselines:\n", 'organization_id: "222222222222"\nbaselines:\n')],
        10,
        "organization_id",
        "not of the right form",
        "'222222222222'",
        "text such as o-a1b2c3d4e5 that matches ^o-[a-z0-9]{10,32}$",
        id="an account in place of the organisation",
    ),
    pytest.param(
        [("partition: aws\n", "")],
        1,
        "partition",
        "missing",
        "nothing",
        "aws, aws-cn, aws-us-gov",
        id="missing key",
    ),
    pytest.param(
        [("partition: aws\n", "partition: aws-de\n")],
        2,
        "partition",
        "not one of the allowed values",
        "'aws-de'",
        "aws, aws-cn, aws-us-gov; did you mean 'aws-cn'?",
        id="wrong partition",
    ),
    pytest.param(
        [
            (
                "baselines:\n",
                "freezes:\n  - {name: a, from: 2026-12-19, until: 2026-12-19}\nbaselines:\n",
            )
        ],
        11,
        "freezes[0].until",
        "not after the beginning of the freeze",
        "'2026-12-19'",
        "a day or time after 2026-12-19",
        id="freeze that ends when it begins",
    ),
    pytest.param(
        [
            (
                "baselines:\n",
                f"{FREEZES}  - {{name: Sales, from: 2027-03-01, until: 2027-03-02}}\nbaselines:\n",
            )
        ],
        12,
        "freezes[1].name",
        "duplicate value",
        "'Sales'",
        "each value once",
        id="freeze name twice",
    ),
    pytest.param(
        [
            (
                "baselines:\n",
                "freezes:\n  - {name: a, from: 19.12.2026, until: 2027-01-04}\nbaselines:\n",
            )
        ],
        11,
        "freezes[0].from",
        "not of the right form",
        "'19.12.2026'",
        MOMENT,
        id="freeze from no date",
    ),
    pytest.param(
        [
            (
                "baselines:\n",
                "freezes:\n  - {name: a, from: 2026-12-19, until: 2026-12-20T18:00:00}\nbaselines:\n",
            )
        ],
        11,
        "freezes[0].until",
        "not of the right form",
        "'2026-12-20T18:00:00'",
        MOMENT,
        id="freeze until a time without offset",
    ),
    pytest.param(
        [("baselines:\n", "freezes:\n  - {name: a, from: 2026-02-30, until: 2026-12-20}\nbaselines:\n")],
        11,
        "freezes[0].from",
        "day is out of range for month",
        "'2026-02-30'",
        MOMENT,
        id="freeze from a day that does not exist",
    ),
    pytest.param(
        [("baselines:\n", "freezes:\n  - {from: 2026-12-19, until: 2026-12-20}\nbaselines:\n")],
        11,
        "freezes[0].name",
        "missing",
        "nothing",
        r"text such as year end that matches ^\S(.{0,98}\S)?$",
        id="freeze without a name",
    ),
    pytest.param(
        [("baselines:\n", "visibility_lag_days: -1\nbaselines:\n")],
        10,
        "visibility_lag_days",
        "out of range",
        "-1",
        "a whole number from 0 to 360",
        id="negative visibility lag",
    ),
    pytest.param(
        [("baselines:\n", "minutes_per_node: 0\nbaselines:\n")],
        10,
        "minutes_per_node",
        "out of range",
        "0",
        "a whole number from 1 to 1440",
        id="no minutes per node",
    ),
    pytest.param(
        [("    max_errors: 1\n", "    max_errors: 1\n    promises: [{public: pci-dss}]\n")],
        41,
        "rings[0].promises[0].public",
        "not one of the allowed values",
        "'pci-dss'",
        f"{PUBLIC}; did you mean 'pci-dss-6.3.3'?",
        id="unknown public promise",
    ),
    pytest.param(
        [("    max_errors: 1\n", "    max_errors: 1\n    promises: [cyber-essentials]\n")],
        41,
        "rings[0].promises[0]",
        "not a mapping",
        "'cyber-essentials'",
        "a mapping with the keys public, name, days, hours, source",
        id="promise that is no mapping",
    ),
    pytest.param(
        [("    max_errors: 1\n", "    max_errors: 1\n    promises: [{name: own}]\n")],
        41,
        "rings[0].promises[0]",
        "exactly one of several keys is needed",
        "none of them",
        "public, days, hours",
        id="promise of nothing",
    ),
    pytest.param(
        [("    max_errors: 1\n", "    max_errors: 1\n    promises: [{days: {LOW: 14}}]\n")],
        41,
        "rings[0].promises[0].name",
        "numbers of one's own need a name",
        "nothing",
        "a name",
        id="own promise without a name",
    ),
    pytest.param(
        [
            (
                "    max_errors: 1\n",
                "    max_errors: 1\n    promises: [{public: cyber-essentials, name: a}]\n",
            )
        ],
        41,
        "rings[0].promises[0].name",
        "a public promise has its own",
        "'a'",
        "no such key with public",
        id="public promise with a name",
    ),
    pytest.param(
        [
            (
                "    max_errors: 1\n",
                "    max_errors: 1\n    promises: [{name: cyber-essentials, days: {LOW: 90}}]\n",
            )
        ],
        41,
        "rings[0].promises[0].name",
        "the name of a public promise that says something else",
        "'cyber-essentials'",
        "another name, or the public promise as it is",
        id="own promise under the name of a public one",
    ),
    pytest.param(
        [("    max_errors: 1\n", "    max_errors: 1\n    promises: [{name: own, days: {URGENT: 3}}]\n")],
        41,
        "rings[0].promises[0].days.URGENT",
        "unknown key",
        "'URGENT'",
        "CRITICAL, HIGH, MEDIUM, LOW",
        id="unknown severity",
    ),
    pytest.param(
        [("    max_errors: 1\n", "    max_errors: 1\n    promises: [{name: own, days: {LOW: 0}}]\n")],
        41,
        "rings[0].promises[0].days.LOW",
        "out of range",
        "0",
        "a whole number from 1 to 3650",
        id="promise of no time",
    ),
    pytest.param(
        [
            (
                "    max_errors: 1\n",
                "    max_errors: 1\n    promises: [{public: cyber-essentials}, {public: cyber-essentials}]\n",
            )
        ],
        41,
        "rings[0].promises[1].public",
        "duplicate value",
        "'cyber-essentials'",
        "each value once",
        id="promise twice",
    ),
    pytest.param(
        [("[eu-central-1]", "[eu-central-1, cn-north-1]")],
        3,
        "regions[1]",
        "not the name of a Region in the partition aws",
        "'cn-north-1'",
        "a name such as eu-central-1",
        id="region of another partition",
    ),
    pytest.param(
        [("[eu-central-1]", "[eu-central-1, eu-central-1]")],
        3,
        "regions[1]",
        "duplicate value",
        "'eu-central-1'",
        "each value once",
        id="region twice",
    ),
    pytest.param(
        [("[eu-central-1]", "[]")],
        3,
        "regions",
        "too few entries",
        "an empty list",
        "a list with at least one entry",
        id="no region",
    ),
    pytest.param(
        [("[eu-central-1]", "eu-central-1")],
        3,
        "regions",
        "not a list",
        "'eu-central-1'",
        "a list with at least one entry",
        id="list expected",
    ),
    pytest.param(
        [("  - email: security@example.com", "  - security@example.com")],
        9,
        "recipients[0]",
        "not a mapping",
        "'security@example.com'",
        "a mapping with the keys email, slack, microsoft_teams",
        id="mapping expected",
    ),
    pytest.param(
        [('"222222222222"', "222222222222")],
        6,
        "accounts[1].id",
        "not text, because it is not in quotes",
        "222222222222",
        "text such as 012345678901 that matches ^[0-9]{12}$, in quotes",
        id="unquoted account id",
    ),
    pytest.param(
        [('"222222222222"', "012345670123")],
        6,
        "accounts[1].id",
        "not text, because it is not in quotes",
        "012345670123",
        "text such as 012345678901 that matches ^[0-9]{12}$, in quotes",
        id="unquoted account id that YAML reads as octal",
    ),
    pytest.param(
        [('"222222222222"', '"22222222222"')],
        6,
        "accounts[1].id",
        "not of the right form",
        "'22222222222'",
        "text such as 012345678901 that matches ^[0-9]{12}$",
        id="account id too short",
    ),
    pytest.param(
        [('"222222222222"', '"333333333333"')],
        7,
        "accounts[2].id",
        "duplicate value",
        "'333333333333'",
        "each value once",
        id="account id twice",
    ),
    pytest.param(
        [("  - {name: prod, id", '  - {name: dev, id: "444444444444", role: workload}\n  - {name: prod, id')],
        7,
        "accounts[2].name",
        "duplicate value",
        "'dev'",
        "each value once",
        id="account name twice",
    ),
    pytest.param(
        [('"222222222222", role: workload', '"222222222222", role: workloads')],
        6,
        "accounts[1].role",
        "not one of the allowed values",
        "'workloads'",
        "management, security, workload; did you mean 'workload'?",
        id="unknown role",
    ),
    pytest.param(
        [("role: security", "role: management")],
        4,
        "accounts",
        "there is no security account",
        "accounts with other roles",
        "one account with the role security",
        id="no security account",
    ),
    pytest.param(
        [("accounts:\n", 'accounts:\n  - {name: audit, id: "444444444444", role: security}\n')],
        6,
        "accounts[1].role",
        "there is another security account",
        "'security'",
        "one account with the role security",
        id="two security accounts",
    ),
    pytest.param(
        [
            (
                "accounts:\n",
                (
                    "accounts:\n"
                    '  - {name: root, id: "444444444444", role: management}\n'
                    '  - {name: root2, id: "555555555555", role: management}\n'
                ),
            )
        ],
        6,
        "accounts[1].role",
        "there is another management account",
        "'management'",
        "one account with the role management",
        id="two management accounts",
    ),
    pytest.param(
        [("security@example.com", "security")],
        9,
        "recipients[0].email",
        "not an e-mail address",
        "'security'",
        "name@example.com, at most 254 characters",
        id="not an e-mail address",
    ),
    pytest.param(
        [
            (
                "  - email: security@example.com",
                "  - {email: a@example.com, slack: {workspace_id: T0123456789, channel_id: C0123456789}}",
            )
        ],
        9,
        "recipients[0]",
        "exactly one of several keys is needed",
        "email and slack",
        "email, slack, microsoft_teams",
        id="two kinds of recipient in one",
    ),
    pytest.param(
        [
            (
                "  - email: security@example.com",
                '  - slack: {workspace_id: T0123456789, channel_id: "#patching"}',
            )
        ],
        9,
        "recipients[0].slack.channel_id",
        "not the id of a Slack channel",
        "'#patching'",
        "1 to 255 letters and digits, such as C0123456789: the end of its link, not its name",
        id="slack channel by its name",
    ),
    pytest.param(
        [("- name: prod-windows", "- name: dev-linux"), ("[prod-linux, prod-windows]", "[prod-linux]")],
        22,
        "baselines[2].name",
        "duplicate value",
        "'dev-linux'",
        "each value once",
        id="baseline name twice",
    ),
    pytest.param(
        [("- name: prod-windows", "- name: prod windows"), (", prod-windows]", ", prod windows]")],
        22,
        "baselines[2].name",
        "not of the right form",
        "'prod windows'",
        "text that matches ^[a-zA-Z0-9_\\-.]{3,128}$",
        id="baseline name that AWS refuses",
    ),
    pytest.param(
        [("operating_system: WINDOWS", "operating_system: WINDOWS_SERVER")],
        23,
        "baselines[2].operating_system",
        "not one of the allowed values",
        "'WINDOWS_SERVER'",
        OPERATING_SYSTEMS + "; did you mean 'WINDOWS'?",
        id="unknown operating system",
    ),
    pytest.param(
        [("[security_updates]", "[security_update]")],
        24,
        "baselines[2].ready_made[0]",
        "not one of the allowed values",
        "'security_update'",
        RULE_SETS + "; did you mean 'security_updates'?",
        id="unknown ready-made rules",
    ),
    pytest.param(
        [("[all_updates]", "[windows_desktop_updates]")],
        12,
        "baselines[0].operating_system",
        "not Windows",
        "AMAZON_LINUX_2023",
        "WINDOWS",
        id="ready-made rules for another operating system",
    ),
    pytest.param(
        [("approve_after_days: 0", "approve_after_days: 361")],
        14,
        "baselines[0].approve_after_days",
        "out of range",
        "361",
        "a whole number from 0 to 360",
        id="delay out of range",
    ),
    pytest.param(
        [("approve_after_days: 7", "approve_after_days: 361")],
        21,
        "baselines[1].approval_rules[0].approve_after_days",
        "out of range",
        "361",
        "a whole number from 0 to 360",
        id="delay of written-out rules out of range",
    ),
    pytest.param(
        [
            (
                "        approve_after_days: 7",
                "        approve_after_days: 7\n        approve_until_date: 2026-12-31",
            )
        ],
        21,
        "baselines[1].approval_rules[0].approve_after_days",
        "exactly one of approve_after_days and approve_until_date is needed",
        "both",
        "one of the two",
        id="delay and date",
    ),
    pytest.param(
        [("approve_after_days: 7", "approve_until_date: 2026-02-30")],
        21,
        "baselines[1].approval_rules[0].approve_until_date",
        "not a date",
        "'2026-02-30'",
        "a day of the calendar as YYYY-MM-DD",
        id="no day of the calendar",
    ),
    pytest.param(
        [("    ready_made: [security_updates]\n", "")],
        22,
        "baselines[2]",
        "exactly one of several keys is needed",
        "none of them",
        "ready_made, approval_rules, aws_default",
        id="neither rules nor ready-made",
    ),
    pytest.param(
        [
            (
                "    ready_made: [security_updates]\n",
                "    ready_made: [security_updates]\n    aws_default: true\n",
            )
        ],
        22,
        "baselines[2]",
        "exactly one of several keys is needed",
        "ready_made and aws_default",
        "ready_made, approval_rules, aws_default",
        id="rules and ready-made",
    ),
    pytest.param(
        [("    approval_rules:\n", "    approve_after_days: 3\n    approval_rules:\n")],
        17,
        "baselines[1].approve_after_days",
        "each rule has its own",
        "3",
        "no such key together with approval_rules",
        id="delay beside written-out rules",
    ),
    pytest.param(
        [
            (
                "    ready_made: [security_updates]\n",
                "    aws_default: true\n    rejected_patches: [KB1234567]\n",
            )
        ],
        25,
        "baselines[2].rejected_patches",
        "AWS's baseline cannot be changed",
        "a list",
        "no such key together with aws_default",
        id="change of AWS's default",
    ),
    pytest.param(
        [("SEVERITY:", "SEVERTY:")],
        20,
        "baselines[1].approval_rules[0].patch_filters.SEVERTY",
        "unknown key",
        "'SEVERTY'",
        FILTER_KEYS + "; did you mean 'SEVERITY'?",
        id="unknown filter key",
    ),
    pytest.param(
        [("SEVERITY:", "MSRC_SEVERITY:")],
        20,
        "baselines[1].approval_rules[0].patch_filters.MSRC_SEVERITY",
        "AMAZON_LINUX_2023 has no such patch property",
        "'MSRC_SEVERITY'",
        "PRODUCT, CLASSIFICATION, SEVERITY",
        id="filter key of another operating system",
    ),
    pytest.param(
        [("[Security]", "[SecurityUpdates]")],
        19,
        "baselines[1].approval_rules[0].patch_filters.CLASSIFICATION[0]",
        "AMAZON_LINUX_2023 has no such CLASSIFICATION",
        "'SecurityUpdates'",
        ("Security, Bugfix, Enhancement, Recommended, Newpackage, or * alone; did you mean 'Security'?"),
        id="filter value of another operating system",
    ),
    pytest.param(
        [
            (
                "    ready_made: [security_updates]\n",
                "    ready_made: [security_updates]\n    approved_patches: [kernel]\n",
            )
        ],
        25,
        "baselines[2].approved_patches[0]",
        "not a patch name that works in approved_patches on WINDOWS",
        "'kernel'",
        "a KB id like KB2032276 or a bulletin like MS10-048",
        id="patch name of another package manager",
    ),
    pytest.param(
        [
            (
                "    ready_made: [security_updates]\n",
                (
                    "    ready_made: [security_updates]\n"
                    "    approved_patches: [KB1234567]\n"
                    "    approved_patches_enable_non_security: true\n"
                ),
            )
        ],
        26,
        "baselines[2].approved_patches_enable_non_security",
        "works on Linux only, and the baseline is for WINDOWS",
        "True",
        "leave it out",
        id="Linux-only flag on Windows",
    ),
    pytest.param(
        [
            (
                "    ready_made: [security_updates]\n",
                (
                    "    ready_made: [security_updates]\n"
                    "    default_baseline: true\n"
                    "  - {name: other, operating_system: WINDOWS, aws_default: true}\n"
                ),
            ),
            ("[prod-linux], scan_only", "[other], scan_only"),
        ],
        26,
        "baselines[3].aws_default",
        "'prod-windows' is the default for WINDOWS in account 'prod'",
        "true",
        "one default baseline for each operating system in an account",
        id="two default baselines for one operating system",
    ),
    pytest.param(
        [("recipients:\n", "quotas: {patch_baselines: 2}\nrecipients:\n")],
        46,
        "rings[1].patch_groups[1].baselines[0]",
        "account 'prod' would have more patch baselines than the quota of a Region: one for each patch group "
        "and operating system, and one for each default",
        "3",
        "up to 2; if AWS has raised the quota, set quotas.patch_baselines",
        id="more baselines than the quota",
    ),
    pytest.param(
        [
            ("recipients:\n", "quotas: {patch_baselines: 3}\nrecipients:\n"),
            (
                "    ready_made: [security_updates]\n",
                "    ready_made: [security_updates]\n    default_baseline: true\n",
            ),
        ],
        47,
        "rings[1].patch_groups[1].baselines[0]",
        "account 'prod' would have more patch baselines than the quota of a Region: one for each patch group "
        "and operating system, and one for each default",
        "4",
        "up to 3; if AWS has raised the quota, set quotas.patch_baselines",
        id="one default more than the quota of baselines",
    ),
    pytest.param(
        [("  - name: prod\n", "  - name: DEV\n")],
        41,
        "rings[1].name",
        "duplicate value",
        "'DEV'",
        "each value once",
        id="ring name twice",
    ),
    pytest.param(
        [("accounts: [dev]", "accounts: []")],
        27,
        "rings[0].accounts",
        "too few entries",
        "an empty list",
        "a list with at least one entry",
        id="ring without accounts",
    ),
    pytest.param(
        [("accounts: [dev]", "accounts: [develop]")],
        27,
        "rings[0].accounts[0]",
        "no account has this name",
        "'develop'",
        "dev, prod; did you mean 'dev'?",
        id="ring in an account that is not there",
    ),
    pytest.param(
        [("accounts: [dev]", "accounts: [dev, security]")],
        27,
        "rings[0].accounts[1]",
        "nothing is patched in the security account",
        "'security'",
        "dev, prod",
        id="ring in an account that is not patched",
    ),
    pytest.param(
        [("accounts: [dev]", "accounts: [dev, dev]")],
        27,
        "rings[0].accounts[1]",
        "duplicate value",
        "'dev'",
        "each value once",
        id="ring in an account twice",
    ),
    pytest.param(
        [
            (
                "    patch_groups:\n      - {name: dev-web, node_count: 5, baselines: [dev-linux]}\n",
                "    patch_groups: []\n",
            )
        ],
        28,
        "rings[0].patch_groups",
        "too few entries",
        "an empty list",
        "a list with at least one entry",
        id="ring without patch groups",
    ),
    pytest.param(
        [("name: dev-web", "name: dev*web")],
        29,
        "rings[0].patch_groups[0].name",
        "not a patch group name",
        "'dev*web'",
        "1 to 256 letters, digits, spaces and _.:/=+-@",
        id="patch group that AWS refuses",
    ),
    pytest.param(
        [("name: dev-web", "name: dev-web, tag_key: Patch_Group")],
        29,
        "rings[0].patch_groups[0].tag_key",
        "not one of the allowed values",
        "'Patch_Group'",
        "PatchGroup, Patch Group; did you mean 'PatchGroup'?",
        id="unknown tag key",
    ),
    pytest.param(
        [("name: dev-web", "name: prod-web"), ("accounts: [dev]", "accounts: [dev, prod]")],
        44,
        "rings[1].patch_groups[0].name",
        "ring 'dev' of account 'prod' holds this patch group already",
        "'prod-web'",
        "a name that is used once in each account",
        id="patch group in two rings of an account",
    ),
    pytest.param(
        [("node_count: 5", "node_count: 0")],
        29,
        "rings[0].patch_groups[0].node_count",
        "out of range",
        "0",
        "a whole number of at least 1",
        id="no nodes",
    ),
    pytest.param(
        [("baselines: [dev-linux]", "baselines: [dev-linus]")],
        29,
        "rings[0].patch_groups[0].baselines[0]",
        "no baseline has this name",
        "'dev-linus'",
        "dev-linux, prod-linux, prod-windows; did you mean 'dev-linux'?",
        id="baseline that is not there",
    ),
    pytest.param(
        [("[prod-linux, prod-windows]", "[prod-linux, prod-windows, dev-linux]")],
        44,
        "rings[1].patch_groups[0].baselines[2]",
        "'prod-linux' is the group's baseline for AMAZON_LINUX_2023",
        "'dev-linux'",
        "one baseline for each operating system",
        id="two baselines for one operating system",
    ),
    pytest.param(
        [("[prod-linux, prod-windows]", "[prod-linux, prod-linux]")],
        44,
        "rings[1].patch_groups[0].baselines[1]",
        "duplicate value",
        "'prod-linux'",
        "each value once",
        id="baseline of a group twice",
    ),
    pytest.param(
        [
            (
                (
                    "    install:\n"
                    "      schedule: {weekly: {day: WED, hour: 22}, timezone: Europe/Berlin}\n"
                    "      duration_hours: 4\n"
                    "      cutoff_hours: 1\n"
                    "    reboot_option: RebootIfNeeded\n"
                ),
                "",
            )
        ],
        26,
        "rings[0].install",
        "a group that is not scan_only needs an install window",
        "nothing",
        "an install window, or scan_only groups alone",
        id="no install window for a patched group",
    ),
    pytest.param(
        [("baselines: [dev-linux]}", "baselines: [dev-linux], scan_only: true}")],
        34,
        "rings[0].install",
        "every group is scan_only, so that there is nothing to install",
        "a mapping",
        "an install window, or scan_only groups alone",
        id="install window for groups that are only scanned",
    ),
    pytest.param(
        [("    reboot_option: RebootIfNeeded\n", "")],
        26,
        "rings[0].reboot_option",
        "a ring that installs needs an explicit choice",
        "nothing",
        "RebootIfNeeded, NoReboot",
        id="no reboot choice",
    ),
    pytest.param(
        [("RebootIfNeeded", "Always")],
        38,
        "rings[0].reboot_option",
        "not one of the allowed values",
        "'Always'",
        "RebootIfNeeded, NoReboot",
        id="unknown reboot choice",
    ),
    pytest.param(
        [("duration_hours: 4", "duration_hours: 1")],
        37,
        "rings[0].install.cutoff_hours",
        "not below duration_hours 1, so that no command can ever start",
        "1",
        "0 to 0 whole hours",
        id="cutoff not below duration",
    ),
    pytest.param(
        [("duration_hours: 4", "duration_hours: 25")],
        36,
        "rings[0].install.duration_hours",
        "out of range",
        "25",
        "a whole number from 1 to 24",
        id="duration out of range",
    ),
    pytest.param(
        [("duration_hours: 4", "duration_hours: 4.5")],
        36,
        "rings[0].install.duration_hours",
        "not a whole number",
        "4.5",
        "a whole number from 1 to 24",
        id="whole number expected",
    ),
    pytest.param(
        [("duration_hours: 4", 'duration_hours: "4"')],
        36,
        "rings[0].install.duration_hours",
        "not a whole number",
        "'4'",
        "a whole number from 1 to 24",
        id="number in quotes",
    ),
    pytest.param(
        [("day: WED", "day: Wednesday")],
        35,
        "rings[0].install.schedule.weekly.day",
        "not one of the allowed values",
        "'Wednesday'",
        "SUN, MON, TUE, WED, THU, FRI, SAT",
        id="unknown weekday",
    ),
    pytest.param(
        [("hour: 22", "hour: 24")],
        35,
        "rings[0].install.schedule.weekly.hour",
        "out of range",
        "24",
        "a whole number from 0 to 23",
        id="hour out of range",
    ),
    pytest.param(
        [("hour: 22", "hour: 22:30")],
        35,
        "rings[0].install.schedule.weekly.hour",
        "out of range",
        "22:30",
        "a whole number from 0 to 23",
        id="time in YAML's base 60",
    ),
    pytest.param(
        [("plus_days: 11", "plus_days: 21")],
        51,
        "rings[1].install.schedule.patch_tuesday.plus_days",
        "out of range",
        "21",
        "a whole number from 0 to 20",
        id="days after Patch Tuesday out of range",
    ),
    pytest.param(
        [("patch_tuesday: {plus_days: 11, hour: 1}", "monthly: {week: 5, day: SAT, hour: 1}")],
        51,
        "rings[1].install.schedule.monthly.week",
        "not one of the allowed values",
        "5",
        "a whole number from 1 to 4 or L",
        id="week out of range",
    ),
    pytest.param(
        [("patch_tuesday: {plus_days: 11, hour: 1}", "day_of_month: {day: 31, hour: 1}")],
        51,
        "rings[1].install.schedule.day_of_month.day",
        "not one of the allowed values",
        "31",
        "a whole number from 1 to 28 or L",
        id="day that not every month has",
    ),
    pytest.param(
        [("patch_tuesday: {plus_days: 11, hour: 1}", 'cron: {expression: "0 2 * * TUE"}')],
        51,
        "rings[1].install.schedule.cron.expression",
        "cron with 5 fields, as in Unix",
        "'0 2 * * TUE'",
        (
            "six fields: minutes, hours, day of month, month, day of week, year, with ? in "
            "one of the day fields; or seven, with seconds first"
        ),
        id="cron of Unix",
    ),
    pytest.param(
        [
            (
                "patch_tuesday: {plus_days: 11, hour: 1}",
                'cron: {expression: "0 2 ? * TUE#2 *", offset_days: 7}',
            )
        ],
        51,
        "rings[1].install.schedule.cron.offset_days",
        "out of range",
        "7",
        "a whole number from 1 to 6",
        id="offset out of range",
    ),
    pytest.param(
        [("patch_tuesday: {plus_days: 11, hour: 1}", "rate: {unit: day}")],
        51,
        "rings[1].install.schedule.rate.value",
        "missing",
        "nothing",
        "a whole number of at least 1",
        id="rate without number",
    ),
    pytest.param(
        [("patch_tuesday: {plus_days: 11, hour: 1}", "at: 2026-12-01T02:00:00")],
        51,
        "rings[1].install.schedule.at",
        "not of the right form",
        "'2026-12-01T02:00:00'",
        (
            "text such as 2026-12-01T02:00:00+01:00 that matches ^2[0-9]{3}-(0[1-9]|1[0-2])-"
            "(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-"
            "]([01][0-9]|2[0-3]):[0-5][0-9])$"
        ),
        id="time without UTC offset",
    ),
    pytest.param(
        [("patch_tuesday: {plus_days: 11, hour: 1}", "at: 2026-02-30T02:00:00Z")],
        51,
        "rings[1].install.schedule.at",
        "day is out of range for month",
        "'2026-02-30T02:00:00Z'",
        (
            "text such as 2026-12-01T02:00:00+01:00 that matches ^2[0-9]{3}-(0[1-9]|1[0-2])-"
            "(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-"
            "]([01][0-9]|2[0-3]):[0-5][0-9])$"
        ),
        id="no day of the calendar in a time",
    ),
    pytest.param(
        [
            (
                "schedule: {patch_tuesday: {plus_days: 11, hour: 1}}",
                "schedule: {at: 2026-12-01T02:00:00Z, timezone: UTC}",
            )
        ],
        51,
        "rings[1].install.schedule.timezone",
        "a time in `at` has its own UTC offset and no bounds",
        "'UTC'",
        "no such key",
        id="time zone of a time that has its own",
    ),
    pytest.param(
        [("hour: 22}, timezone: Europe/Berlin", "hour: 22}, timezone: Europe/Berln")],
        35,
        "rings[0].install.schedule.timezone",
        "not a time zone",
        "'Europe/Berln'",
        "an IANA name such as Europe/Berlin",
        id="unknown time zone",
    ),
    pytest.param(
        [("hour: 22}, timezone: Europe/Berlin", "hour: 22}, start_date: tomorrow")],
        35,
        "rings[0].install.schedule.start_date",
        "not an ISO-8601 time",
        "'tomorrow'",
        "a real YYYY-MM-DDTHH:MM:SS from 1970 on, with Z or an offset such as +01:00",
        id="no date",
    ),
    pytest.param(
        [
            (
                "hour: 22}, timezone: Europe/Berlin",
                "hour: 22}, start_date: 2027-01-01T00:00:00Z, end_date: 2026-12-01T00:00:00Z",
            )
        ],
        35,
        "rings[0].install.schedule.end_date",
        "the window ends before it starts",
        "'2026-12-01T00:00:00Z'",
        "after start_date '2027-01-01T00:00:00Z'",
        id="end before start",
    ),
    pytest.param(
        [("weekly: {day: WED, hour: 22}", "weekly: {day: WED, hour: 22}, daily: {hour: 3}")],
        35,
        "rings[0].install.schedule",
        "exactly one of several keys is needed",
        "daily and weekly",
        "daily, weekly, monthly, day_of_month, patch_tuesday, cron, rate, at",
        id="two schedules in one",
    ),
    pytest.param(
        [("schedule: {daily: {hour: 5}}", "schedule:")],
        47,
        "rings[1].scan.schedule",
        "not a mapping",
        "nothing",
        (
            "a mapping with the keys daily, weekly, monthly, day_of_month, patch_tuesday, "
            "cron, rate, at, timezone, start_date, end_date"
        ),
        id="empty value",
    ),
    pytest.param(
        [("max_concurrency: 10%", "max_concurrency: 101%")],
        55,
        "rings[1].max_concurrency",
        "not one of the allowed values",
        "'101%'",
        (
            "a whole number from 1 to 9999999 or text such as 10% that matches "
            "^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)$"
        ),
        id="concurrency out of range",
    ),
    pytest.param(
        [("max_concurrency: 10%", "max_concurrency: 0")],
        55,
        "rings[1].max_concurrency",
        "not one of the allowed values",
        "0",
        (
            "a whole number from 1 to 9999999 or text such as 10% that matches "
            "^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)$"
        ),
        id="no concurrency",
    ),
    pytest.param(
        [("max_errors: 1\n", "max_errors: -1\n")],
        40,
        "rings[0].max_errors",
        "not one of the allowed values",
        "-1",
        (
            "a whole number from 0 to 9999999 or text such as 5% that matches "
            "^(0|[1-9][0-9]{0,6}|[0-9]%|[1-9][0-9]%|100%)$"
        ),
        id="error budget below zero",
    ),
    pytest.param(
        [("max_errors: 1\n", "max_errors: no\n")],
        40,
        "rings[0].max_errors",
        "not one of the allowed values",
        "no",
        (
            "a whole number from 0 to 9999999 or text such as 5% that matches "
            "^(0|[1-9][0-9]{0,6}|[0-9]%|[1-9][0-9]%|100%)$"
        ),
        id="YAML's word for false",
    ),
    pytest.param(
        [("max_errors: 1\n", "max_errors: 1\n    soak_hours: 0\n")],
        41,
        "rings[0].soak_hours",
        "out of range",
        "0",
        "a whole number of at least 1",
        id="soak below one hour",
    ),
    pytest.param(
        [("max_errors: 1\n", 'max_errors: 1\n    production: "yes"\n')],
        41,
        "rings[0].production",
        "not a choice between true and false",
        "'yes'",
        "true or false",
        id="true and false expected",
    ),
    pytest.param(
        [("recipients:\n", "quotas: {tasks_per_window: 0}\nrecipients:\n")],
        8,
        "quotas.tasks_per_window",
        "out of range",
        "0",
        "a whole number of at least 1",
        id="quota below one",
    ),
    pytest.param(
        [("partition: aws\n", "partition: aws\npartition: aws\n")],
        3,
        "partition",
        "duplicate key in one mapping",
        "'partition'",
        "each key once; the first one is in line 2",
        id="key twice",
    ),
    pytest.param(
        [("schedule: {daily: {hour: 5}}", "schedule: {timezone: UTC}")],
        47,
        "rings[1].scan.schedule",
        "exactly one of several keys is needed",
        "none of them",
        "daily, weekly, monthly, day_of_month, patch_tuesday, cron, rate, at",
        id="schedule without a way",
    ),
]


@pytest.mark.parametrize(("changes", "line", "field", "message", "received", "allowed"), CASES)
def test_a_mistake_is_reported_once(
    tmp_path: Path,
    changes: list[tuple[str, str]],
    line: int,
    field: str,
    message: str,
    received: str,
    allowed: str,
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, changed(*changes))
    (finding,) = caught.value.findings
    assert finding.location is not None
    assert (finding.location.file, finding.location.line) == (str(tmp_path / "patching.yaml"), line)
    assert (finding.field, finding.message) == (field, message)
    assert (finding.received, finding.allowed) == (received, allowed)
