"""AWS::S3 resource types."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import CloudFormationType, Properties, fit, names
from local_aws.errors import NotEmulatedError

_CANNED_ACLS = {"Private": "private", "LogDeliveryWrite": "log-delivery-write"}
_RULE_KEYS = names(
    "Id Status Prefix ExpirationInDays ExpiredObjectDeleteMarker AbortIncompleteMultipartUpload "
    "NoncurrentVersionExpiration Transitions NoncurrentVersionTransitions"
)


class Bucket(CloudFormationType):
    """AWS::S3::Bucket.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
    """

    type_name = "AWS::S3::Bucket"
    create_only = names("BucketName")
    properties = names(
        "BucketName AccessControl BucketEncryption LifecycleConfiguration LoggingConfiguration "
        "OwnershipControls PublicAccessBlockConfiguration Tags VersioningConfiguration"
    )

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        bucket = str(properties.get("BucketName", fit(name.lower(), 63)))
        if self.exists(aws, bucket):
            raise self.refuse_taken(bucket)
        request: dict[str, Any] = {"ACL": _canned_acl(properties)}
        if aws.region != "us-east-1":
            request["CreateBucketConfiguration"] = {"LocationConstraint": aws.region}
        aws.client("s3").create_bucket(Bucket=bucket, **request)
        return bucket

    @override
    def exists(self, aws: Aws, physical_id: str) -> bool:
        try:
            aws.client("s3").head_bucket(Bucket=physical_id)
        except ClientError:
            return False
        return True

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        s3 = aws.client("s3")
        target = {"Bucket": physical_id}
        if properties.get("AccessControl") != previous.get("AccessControl"):
            s3.put_bucket_acl(**target, ACL=_canned_acl(properties))
        s3.put_bucket_encryption(**target, ServerSideEncryptionConfiguration=_encryption(properties))
        s3.put_bucket_logging(**target, BucketLoggingStatus=_logging(properties, physical_id))
        versioning = properties.get("VersioningConfiguration")
        if versioning or "VersioningConfiguration" in previous:
            s3.put_bucket_versioning(**target, VersioningConfiguration=versioning or {"Status": "Suspended"})
        if "LifecycleConfiguration" in properties:
            s3.put_bucket_lifecycle_configuration(**target, LifecycleConfiguration=_lifecycle(properties))
        elif "LifecycleConfiguration" in previous:
            s3.delete_bucket_lifecycle(**target)
        if "PublicAccessBlockConfiguration" in properties:
            block = properties["PublicAccessBlockConfiguration"]
            s3.put_public_access_block(**target, PublicAccessBlockConfiguration=block)
        elif "PublicAccessBlockConfiguration" in previous:
            s3.delete_public_access_block(**target)
        if "OwnershipControls" in properties:
            s3.put_bucket_ownership_controls(**target, OwnershipControls=properties["OwnershipControls"])
        elif "OwnershipControls" in previous:
            s3.delete_bucket_ownership_controls(**target)
        if properties.get("Tags"):
            s3.put_bucket_tagging(**target, Tagging={"TagSet": properties["Tags"]})
        elif previous.get("Tags"):
            s3.delete_bucket_tagging(**target)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("s3").delete_bucket(Bucket=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {
            "Arn": f"arn:aws:s3:::{physical_id}",
            "DomainName": f"{physical_id}.s3.amazonaws.com",
            "DualStackDomainName": f"{physical_id}.s3.dualstack.{aws.region}.amazonaws.com",
            "RegionalDomainName": f"{physical_id}.s3.{aws.region}.amazonaws.com",
        }


class BucketPolicy(CloudFormationType):
    """AWS::S3::BucketPolicy.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html
    """

    type_name = "AWS::S3::BucketPolicy"
    create_only = names("Bucket")
    properties = names("Bucket PolicyDocument")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        bucket = properties["Bucket"]
        try:
            aws.client("s3").get_bucket_policy(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
                raise
            return str(bucket)
        raise self.refuse_taken(bucket)

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        aws.client("s3").put_bucket_policy(
            Bucket=physical_id, Policy=json.dumps(properties["PolicyDocument"])
        )

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("s3").delete_bucket_policy(Bucket=physical_id)


def _canned_acl(properties: Properties) -> str:
    wanted = properties.get("AccessControl", "Private")
    if wanted not in _CANNED_ACLS:
        raise NotEmulatedError(f"AccessControl {wanted} is not part of the local AWS")
    return _CANNED_ACLS[wanted]


def _encryption(properties: Properties) -> dict[str, Any]:
    given = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration")
    rules = given or [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    renamed = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    return {"Rules": [{renamed.get(key, key): value for key, value in rule.items()} for rule in rules]}


def _logging(properties: Properties, bucket: str) -> dict[str, Any]:
    if "LoggingConfiguration" not in properties:
        return {}
    logging = dict(properties["LoggingConfiguration"])
    enabled = {
        "TargetBucket": logging.pop("DestinationBucketName", bucket),
        "TargetPrefix": logging.pop("LogFilePrefix", ""),
    }
    if logging:
        raise NotEmulatedError(f"LoggingConfiguration with {', '.join(logging)} is not part of the local AWS")
    return {"LoggingEnabled": enabled}


def _lifecycle(properties: Properties) -> dict[str, Any]:
    return {"Rules": [_lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]}


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    if unknown := sorted(rule.keys() - _RULE_KEYS):
        raise NotEmulatedError(f"lifecycle rules with {', '.join(unknown)} are not part of the local AWS")
    written: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        written["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        written["Expiration"] = {"Days": rule["ExpirationInDays"]}
    elif "ExpiredObjectDeleteMarker" in rule:
        written["Expiration"] = {"ExpiredObjectDeleteMarker": rule["ExpiredObjectDeleteMarker"]}
    for same in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"):
        if same in rule:
            written[same] = rule[same]
    if "Transitions" in rule:
        written["Transitions"] = [_renamed(item, "Days") for item in rule["Transitions"]]
    if "NoncurrentVersionTransitions" in rule:
        written["NoncurrentVersionTransitions"] = [
            _renamed(item, "NoncurrentDays") for item in rule["NoncurrentVersionTransitions"]
        ]
    return written


def _renamed(transition: Properties, days: str) -> dict[str, Any]:
    return {days if key == "TransitionInDays" else key: value for key, value in transition.items()}
