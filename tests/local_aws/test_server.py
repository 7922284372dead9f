import socket
import threading
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from local_aws.server import Server, serve

TEMPLATE = '{"Resources": {"Group": {"Type": "AWS::Logs::LogGroup"}}}'


def port_of(server: Server) -> int:
    return int(server.url.rsplit(":", 1)[1])


def test_it_serves_accounts_apart_over_loopback() -> None:
    with serve() as server:
        for account in ("111111111111", "222222222222"):
            cloudformation = server.client("cloudformation", account=account, region="eu-west-1")
            cloudformation.create_stack(StackName=f"stack-{account[0]}", TemplateBody=TEMPLATE)
        for account in ("111111111111", "222222222222"):
            sts = server.client("sts", account=account, region="eu-west-1")
            assert sts.get_caller_identity()["Account"] == account
            cloudformation = server.client("cloudformation", account=account, region="eu-west-1")
            names = [stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]]
            assert names == [f"stack-{account[0]}"]


def test_it_listens_on_loopback_only() -> None:
    with serve() as server:
        for address, is_open in (("127.0.0.1", True), ("127.0.0.2", False)):
            with socket.socket() as probe:
                probe.settimeout(1)
                assert (probe.connect_ex((address, port_of(server))) == 0) is is_open


def test_it_leaves_no_thread_no_directory_and_no_data_behind() -> None:
    threads = threading.enumerate()
    with serve() as server:
        home = Path(server.home)
        assert home.is_dir()
        server.client("sns", account="111111111111", region="eu-west-1").create_topic(Name="alerts")
    assert threading.enumerate() == threads
    assert not home.exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port_of(server))) != 0
    with serve() as again:
        topics = again.client("sns", account="111111111111", region="eu-west-1").list_topics()["Topics"]
    assert topics == []
    with pytest.raises(EndpointConnectionError):
        again.client("sns", account="111111111111", region="eu-west-1").list_topics()


def test_it_leaves_nothing_behind_when_its_user_fails() -> None:
    threads = threading.enumerate()
    with pytest.raises(KeyError), serve() as server:
        raise KeyError
    assert threading.enumerate() == threads
    assert not Path(server.home).exists()


def test_it_takes_a_port_of_choice() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serve(port=port) as server:
        assert port_of(server) == port


def test_its_environment_replaces_the_aws_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("HOME_OF_MINE", "kept")
    with serve() as server:
        environment = server.process_environment()
    assert environment.keys().isdisjoint({"AWS_PROFILE", "AWS_SESSION_TOKEN"})
    assert environment["AWS_ENDPOINT_URL"] == server.url
    assert environment["HOME_OF_MINE"] == "kept"


def test_what_it_does_not_serve_is_refused_without_http_500() -> None:
    with serve() as server:
        ssm = server.client("ssm", account="111111111111", region="eu-west-1")
        with pytest.raises(ClientError, match="not part of the local AWS") as caught:
            ssm.list_associations()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
