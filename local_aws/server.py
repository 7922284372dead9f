"""The local AWS over loopback, for the CDK CLI and every other client of AWS."""

import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.config
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from local_aws.services.moto_corrections import ACCOUNT_KEY_PREFIX
from local_aws.services.moto_seams import take_hold

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A local AWS that listens on loopback.

    Attributes:
        url: Where it listens; it says `localhost`, a name that moto looks for in the URL of a template.
        home: A directory for what clients keep, gone when the server is.
    """

    url: str
    home: str

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that send AWS clients and the CDK CLI here and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_HOME": self.home,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "NO_PROXY": "localhost",
        }

    def process_environment(self) -> dict[str, str]:
        """Give this process's environment with the settings of the local AWS in place of its own."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return inherited | self.environment

    def credentials(self, account: str) -> dict[str, str]:
        """Give keys with which calls act in an account, by the names of boto3's client arguments."""
        return {
            "aws_access_key_id": f"{ACCOUNT_KEY_PREFIX}{account}",
            "aws_secret_access_key": "local",
        }

    def client(self, service: str, *, account: str, region: str) -> Any:
        """Give a boto3 client that calls this server over loopback, as one account in one Region."""
        config = botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client(
            service, region_name=region, endpoint_url=self.url, config=config, **self.credentials(account)
        )


@contextmanager
def serve(*, port: int = 0) -> Iterator[Server]:
    """Serve an empty local AWS on 127.0.0.1 until the context ends; then nothing of it is left.

    Args:
        port: TCP port; by default any that is free.
    """
    take_hold()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _forget()
    application = DomainDispatcherApplication(create_backend_app)
    listener = make_server(_LOOPBACK, port, application, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=listener.serve_forever, name="local-aws", daemon=True)
    thread.start()
    try:
        with tempfile.TemporaryDirectory(prefix="local-aws-") as home:
            yield Server(url=f"http://localhost:{listener.server_port}", home=home)
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
        _forget()


def _forget() -> None:
    BackendDict.reset()
    reset_model_data()
