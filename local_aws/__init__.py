"""A local AWS: moto made into a place where the stacks of this project deploy.

Several accounts and Regions at once, with CloudFormation that creates, updates, deletes and rolls back, and
with Patch Manager and maintenance windows that read back what was deployed. By itself nothing happens there:
windows open over a simulated fleet (`local_aws.fleet`), functions run
(`local_aws.services.lambda_functions`) and alarms are judged (`local_aws.services.alarms`) when they are
requested for it. No policy is enforced; partitions other than aws are refused.

In one process:

    >>> from local_aws import client, deploy_template, in_process
    >>> template = {"Resources": {"Group": {"Type": "AWS::Logs::LogGroup"}}}
    >>> with in_process():
    ...     outcome = deploy_template(template, stack_name="demo", account="111111111111", region="eu-west-1")
    ...     outcome.status
    'CREATE_COMPLETE'

For the CDK CLI see `local_aws.server` and `local_aws.cdk_cli`; for a person, `python -m local_aws`.
"""

from local_aws.aws import client
from local_aws.errors import DeploymentError, FailedResource, LocalAwsError
from local_aws.in_process import Outcome, delete_stack, deploy_template, in_process

__all__ = [
    "DeploymentError",
    "FailedResource",
    "LocalAwsError",
    "Outcome",
    "client",
    "delete_stack",
    "deploy_template",
    "in_process",
]
