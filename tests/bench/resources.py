"""The resources of a template as a multiset that does not depend on logical ids."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

OUR_TAGS = "patching-constructs:"


def resources_without_ids(template: Mapping[str, Any], *, types: str = "AWS::") -> Counter[str]:
    """Spell out each resource with everything that it refers to in place of logical ids.

    Metadata, dependencies and the library's tags are left out.
    """
    resources = template["Resources"]

    def spelled_out(logical_id: str) -> str:
        resource = resources[logical_id]
        properties = dict(resource["Properties"])
        tags = [tag for tag in properties.pop("Tags", []) if not tag["Key"].startswith(OUR_TAGS)]
        policies = {key: resource.get(key) for key in ("DeletionPolicy", "UpdateReplacePolicy")}
        return json.dumps(
            {"Type": resource["Type"], "Properties": resolved(properties), "Tags": tags, **policies},
            sort_keys=True,
        )

    def resolved(value: Any) -> Any:
        match value:
            case {"Ref": str(logical_id)} if logical_id in resources:
                return {"Ref": spelled_out(logical_id)}
            case {"Fn::GetAtt": [str(logical_id), attribute]}:
                return {"Fn::GetAtt": [spelled_out(logical_id), attribute]}
            case dict():
                return {key: resolved(item) for key, item in value.items()}
            case list():
                return [resolved(item) for item in value]
        return value

    return Counter(
        spelled_out(logical_id)
        for logical_id, resource in resources.items()
        if resource["Type"].startswith(types)
    )
