"""The resource types that patching depends on."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

PATCH_BASELINE = "AWS::SSM::PatchBaseline"
WINDOW = "AWS::SSM::MaintenanceWindow"
WINDOW_TARGET = "AWS::SSM::MaintenanceWindowTarget"
WINDOW_TASK = "AWS::SSM::MaintenanceWindowTask"
DOCUMENT = "AWS::SSM::Document"
NESTED_STACK = "AWS::CloudFormation::Stack"
STACK_SET = "AWS::CloudFormation::StackSet"

ALWAYS_BOTH_WAYS = frozenset(
    {
        PATCH_BASELINE,
        WINDOW,
        WINDOW_TARGET,
        WINDOW_TASK,
        "AWS::SSM::Association",
        "AWS::SSMQuickSetup::ConfigurationManager",
    }
)
"""Types of which an open condition is looked at both ways."""

LOOKED_AT = ALWAYS_BOTH_WAYS | {
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
    "AWS::Chatbot::SlackChannelConfiguration",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::EC2::Instance",
    "AWS::EC2::LaunchTemplate",
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    DOCUMENT,
    NESTED_STACK,
    STACK_SET,
}
"""Types of which rules look at the properties."""

COUNTED: Mapping[str, Collection[str]] = MappingProxyType(
    {
        "AWS::CloudWatch::Dashboard": (),
        "AWS::Config::ConfigRule": (),
        "AWS::Config::ConfigurationRecorder": (),
        "AWS::Config::OrganizationConfigRule": (),
        "AWS::DynamoDB::Table": (),
        "AWS::EC2::NatGateway": ("AvailabilityMode",),
        "AWS::EC2::VPCEndpoint": ("SubnetIds", "VpcEndpointType"),
        "AWS::Events::EventBus": (),
        "AWS::Events::Rule": ("EventBusName", "ScheduleExpression", "Targets"),
        "AWS::IAM::InstanceProfile": (),
        "AWS::KMS::ReplicaKey": (),
        "AWS::Lambda::Function": ("Architectures", "Environment", "ReservedConcurrentExecutions"),
        "AWS::Logs::LogGroup": ("LogGroupName", "RetentionInDays"),
        "AWS::Logs::MetricFilter": ("MetricTransformations",),
        "AWS::S3::Bucket": ("BucketName", "LifecycleConfiguration"),
        "AWS::SNS::Subscription": ("FilterPolicy", "Protocol", "TopicArn"),
        "AWS::SQS::Queue": (),
        "AWS::SSM::Parameter": ("Tier",),
        "AWS::SSM::ServiceSetting": ("SettingId", "SettingValue"),
        "AWS::Serverless::Function": ("ReservedConcurrentExecutions",),
        "AWS::StepFunctions::StateMachine": ("StateMachineType",),
    }
)
"""Other types that cost money or use up quotas, and the properties that say how much; marks are kept too.

Of further types nothing is kept.
"""
