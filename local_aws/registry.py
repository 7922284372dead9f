"""Every resource type that stacks can have, by name."""

from local_aws.resource_type import ResourceType
from local_aws.resources import (
    cdk,
    cloudwatch,
    dynamodb,
    ecr,
    events,
    functions,
    iam,
    kms,
    logs,
    s3,
    sns,
    sqs,
    ssm,
)

RESOURCE_TYPES: dict[str, ResourceType] = {
    kind.type_name: kind
    for kind in (
        cdk.Metadata(),
        cloudwatch.Alarm(),
        cloudwatch.CompositeAlarm(),
        cloudwatch.Dashboard(),
        dynamodb.Table(),
        ecr.Repository(),
        events.EventBus(),
        events.EventBusPolicy(),
        events.Rule(),
        functions.Function(),
        functions.Permission(),
        iam.InstanceProfile(),
        iam.ManagedPolicy(),
        iam.Policy(),
        iam.Role(),
        kms.Alias(),
        kms.Key(),
        logs.LogGroup(),
        s3.Bucket(),
        s3.BucketPolicy(),
        sns.Subscription(),
        sns.Topic(),
        sns.TopicPolicy(),
        sqs.Queue(),
        sqs.QueuePolicy(),
        ssm.MaintenanceWindow(),
        ssm.MaintenanceWindowTarget(),
        ssm.MaintenanceWindowTask(),
        ssm.Parameter(),
        ssm.PatchBaseline(),
    )
}
