"""AWS::Config resource types."""

import json
from typing import ClassVar

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import CloudFormationType, Properties, fit, names, pick


class ConfigRule(CloudFormationType):
    """AWS::Config::ConfigRule. Rules are kept and never evaluate anything.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-configrule.html
    """

    type_name = "AWS::Config::ConfigRule"
    create_only = names("ConfigRuleName")
    _stored: ClassVar[frozenset[str]] = names("Description MaximumExecutionFrequency Scope Source")
    properties = _stored | names("ConfigRuleName InputParameters")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        config = aws.client("config")
        rule_name = str(properties.get("ConfigRuleName", fit(name, 128)))
        pages = config.get_paginator("describe_config_rules").paginate()
        if any(rule["ConfigRuleName"] == rule_name for page in pages for rule in page["ConfigRules"]):
            raise self.refuse_taken(rule_name)
        self._put(aws, rule_name, properties)
        return rule_name

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        self._put(aws, physical_id, properties)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("config").delete_config_rule(ConfigRuleName=physical_id)

    def _put(self, aws: Aws, name: str, properties: Properties) -> None:
        rule = {"ConfigRuleName": name, **pick(properties, self._stored)}
        if "InputParameters" in properties:
            rule["InputParameters"] = json.dumps(properties["InputParameters"])
        aws.client("config").put_config_rule(ConfigRule=rule)
