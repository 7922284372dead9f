"""A small patching.yaml to break in tests."""

from pathlib import Path

from patching_constructs import Settings, SettingsError, load_settings

TEXT = """\
rollout_name: example
partition: aws
regions: [eu-central-1]
accounts:
  - {name: security, id: "111111111111", role: security}
  - {name: dev, id: "222222222222", role: workload}
  - {name: prod, id: "333333333333", role: workload}
recipients:
  - email: security@example.com
baselines:
  - name: dev-linux
    operating_system: AMAZON_LINUX_2023
    ready_made: [all_updates]
    approve_after_days: 0
  - name: prod-linux
    operating_system: AMAZON_LINUX_2023
    approval_rules:
      - patch_filters:
          CLASSIFICATION: [Security]
          SEVERITY: [Critical, Important]
        approve_after_days: 7
  - name: prod-windows
    operating_system: WINDOWS
    ready_made: [security_updates]
rings:
  - name: dev
    accounts: [dev]
    patch_groups:
      - {name: dev-web, node_count: 5, baselines: [dev-linux]}
    scan:
      schedule: {daily: {hour: 5}, timezone: Europe/Berlin}
      duration_hours: 2
      cutoff_hours: 1
    install:
      schedule: {weekly: {day: WED, hour: 22}, timezone: Europe/Berlin}
      duration_hours: 4
      cutoff_hours: 1
    reboot_option: RebootIfNeeded
    max_concurrency: 50%
    max_errors: 1
  - name: prod
    accounts: [prod]
    patch_groups:
      - {name: prod-web, node_count: 20, baselines: [prod-linux, prod-windows]}
      - {name: prod-images, node_count: 20, baselines: [prod-linux], scan_only: true}
    scan:
      schedule: {daily: {hour: 5}}
      duration_hours: 2
      cutoff_hours: 1
    install:
      schedule: {patch_tuesday: {plus_days: 11, hour: 1}}
      duration_hours: 4
      cutoff_hours: 1
    reboot_option: NoReboot
    max_concurrency: 10%
    max_errors: 5%
"""


def changed(*changes: tuple[str, str]) -> str:
    """Return the sample with the first occurrence of each old text replaced."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def load(folder: Path, text: str) -> Settings:
    """Load `text` as a file."""
    path = folder / "patching.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def mistakes(folder: Path, text: str) -> list[str]:
    """Return the lines of the error that `text` causes, without the folder."""
    try:
        load(folder, text)
    except SettingsError as error:
        return str(error).replace(f"{folder}/", "").splitlines()
    return []
