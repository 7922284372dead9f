"""How long a function goes on asking AWS."""

from botocore.config import Config

PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 12})
"""For calls without whose answer nothing is done.

https://docs.aws.amazon.com/boto3/latest/guide/retries.html
"""
