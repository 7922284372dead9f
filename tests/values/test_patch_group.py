from typing import Any

import pytest

from patching_constructs import FindingId, InvalidInputError, PatchGroup, PatchGroupTagKey


@pytest.mark.parametrize("key", PatchGroupTagKey)
def test_each_tag_key_may_be_written_as_text(key: PatchGroupTagKey) -> None:
    as_text: Any = key.value
    assert PatchGroup(name="web", tag_key=as_text).tag_key is key


def test_a_key_at_which_patch_manager_does_not_look_is_refused() -> None:
    key: Any = "Patch-Group"
    with pytest.raises(InvalidInputError, match=r"tag_key: .*'Patch-Group'; allowed: PatchGroup, Patch"):
        PatchGroup(name="web", tag_key=key)


def test_what_is_no_text_is_reported_like_any_other_mistake() -> None:
    nothing: Any = None
    with pytest.raises(InvalidInputError) as caught:
        PatchGroup(name=nothing, tag_key=nothing)
    assert [(finding.id, finding.received) for finding in caught.value.findings] == [
        (FindingId.ARGUMENT_TYPE, "None"),
        (FindingId.ARGUMENT_TYPE, "None"),
    ]
