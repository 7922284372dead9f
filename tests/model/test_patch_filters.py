import pytest

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_choices import PatchFilterKey
from patching_constructs.model.patch_filters import ANY, VOCABULARY, OtherValues

K = PatchFilterKey
RPM = {K.PRODUCT, K.CLASSIFICATION, K.SEVERITY}
APT = {K.PRODUCT, K.PRIORITY, K.SECTION}


def test_every_operating_system_has_a_vocabulary() -> None:
    assert set(VOCABULARY) == set(OperatingSystem)


@pytest.mark.parametrize("operating_system", OperatingSystem)
def test_keys_are_those_that_aws_documents(operating_system: OperatingSystem) -> None:
    expected = RPM
    if operating_system is OperatingSystem.WINDOWS:
        expected = {K.PATCH_SET, K.PRODUCT, K.PRODUCT_FAMILY, K.CLASSIFICATION, K.MSRC_SEVERITY}
    elif operating_system is OperatingSystem.MACOS:
        expected = {K.PRODUCT, K.CLASSIFICATION}
    elif operating_system.is_apt:
        expected = APT
    assert set(VOCABULARY[operating_system]) == expected


@pytest.mark.parametrize("operating_system", OperatingSystem)
def test_the_list_of_products_is_never_closed(operating_system: OperatingSystem) -> None:
    assert VOCABULARY[operating_system][K.PRODUCT].others is OtherValues.UNDOCUMENTED


@pytest.mark.parametrize("operating_system", OperatingSystem)
def test_lists_say_each_value_once_and_leave_out_the_wildcard(operating_system: OperatingSystem) -> None:
    for values in VOCABULARY[operating_system].values():
        assert len(set(values.listed)) == len(values.listed)
        assert ANY not in values.listed


@pytest.mark.parametrize("operating_system", OperatingSystem)
def test_listed_values_fit_the_length_that_aws_allows(operating_system: OperatingSystem) -> None:
    assert all(
        len(value) <= 64 for values in VOCABULARY[operating_system].values() for value in values.listed
    )
