import pytest
from pydantic import ValidationError

from patching_constructs.model.account_quotas import NEW_ACCOUNT_QUOTAS
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS
from patching_constructs.model.systems_manager_quotas import AWS_SYSTEMS_MANAGER_QUOTAS
from patching_constructs.settings.quotas import QuotaSettings


def test_without_settings_the_quotas_are_those_of_aws() -> None:
    assert QuotaSettings().to_value() == AWS_QUOTAS
    assert QuotaSettings().to_systems_manager_quotas() == AWS_SYSTEMS_MANAGER_QUOTAS
    assert QuotaSettings().to_account_quotas() == NEW_ACCOUNT_QUOTAS


def test_every_quota_can_be_raised_by_its_name() -> None:
    raised = QuotaSettings(**{name: 7_000 + number for number, name in enumerate(QuotaSettings.model_fields)})
    values = (raised.to_value(), raised.to_systems_manager_quotas(), raised.to_account_quotas())
    for name in QuotaSettings.model_fields:
        [holder] = [value for value in values if hasattr(value, name)]
        assert getattr(holder, name) == getattr(raised, name)


def test_a_quota_is_at_least_one() -> None:
    with pytest.raises(ValidationError):
        QuotaSettings(executions_at_once=0)
