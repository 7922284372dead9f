"""The AWS APIs of one account and Region, answered by moto inside this process."""

import os
import threading
from typing import Any

import boto3
import botocore.config
import botocore.session
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber as mock_aws_stubber

DEFAULT_ACCOUNT = "123456789012"
"""The account of credentials that belong to no role: moto's own default."""

# Endpoints, profiles and retries of the machine's own AWS configuration must not reach the local AWS.
_CONFIG = botocore.config.Config(
    ignore_configured_endpoint_urls=True,
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
)
_ISOLATED = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}

_moto = BotocoreStubber()
_moto.enabled = True
_session = boto3.Session(
    aws_access_key_id="local",
    aws_secret_access_key="local",  # noqa: S106 - the local AWS accepts any
    botocore_session=botocore.session.Session(session_vars=_ISOLATED),
)
_clients: dict[tuple[str, str, str], Any] = {}
_clients_lock = threading.Lock()


def client(service: str, *, account: str = DEFAULT_ACCOUNT, region: str = "us-east-1") -> Any:
    """Give a boto3 client whose calls moto answers inside this process, as one account in one Region.

    Args:
        service: Service name as boto3 spells it.
        account: Account whose resources the calls see.
        region: Region of the calls.

    Returns:
        The client; the same one for the same arguments, since clients are slow to make.
    """
    with _clients_lock:
        key = (service, account, region)
        if key not in _clients:
            _clients[key] = new_client(service, account, region)
        return _clients[key]


def new_client(service: str, account: str, region: str) -> Any:
    """Make the client that `client` keeps, for callers that change it."""
    new = _session.client(service, region_name=region, config=_CONFIG)

    def act_in_account(params: dict[str, Any], **_: object) -> None:
        params["headers"]["x-moto-account-id"] = account

    def answer(request: Any, event_name: str, **_: object) -> Any:
        # Within mock_aws moto answers every client by itself; a second answer would do everything twice.
        return None if mock_aws_stubber.enabled else _moto(event_name, request)

    new.meta.events.register("before-call", act_in_account)
    new.meta.events.register("before-send", answer)
    return new


class Aws:
    """The APIs of one account and Region, for the code that makes a stack's resources there.

    Args:
        account: The account.
        region: The Region.
    """

    def __init__(self, *, account: str, region: str) -> None:
        self.account = account
        self.region = region

    def client(self, service: str) -> Any:
        """Give the boto3 client of a service in this account and Region."""
        return client(service, account=self.account, region=self.region)

    def arn(self, service: str, resource: str) -> str:
        """Write the ARN of a regional resource of this account."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"
