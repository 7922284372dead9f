"""The local AWS, for conformance tests that compare it with AWS."""

from tests.lambdas.conftest import local_aws

__all__ = ["local_aws"]
