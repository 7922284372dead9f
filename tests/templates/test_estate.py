"""From resources to an estate: links, kinds of values, and what is in many files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from patching_constructs.model.estate import Environment
from patching_constructs.model.unknown import Reference, Unknown
from patching_constructs.templates.estate import MAX_NESTED_STACKS
from patching_constructs.templates.estate_files import read_estates
from patching_constructs.templates.template_error import ReadingError
from tests.templates.conftest import ReadAll, window

TARGET_KEYS = [{"Key": "tag:PatchGroup", "Values": ["web"]}]


def target(window_id: object = None, **properties: object) -> dict[str, Any]:
    return {
        "Type": "AWS::SSM::MaintenanceWindowTarget",
        "Properties": {
            "WindowId": window_id or {"Ref": "Window"},
            "ResourceType": "INSTANCE",
            "Targets": TARGET_KEYS,
            **properties,
        },
    }


def task(window_id: object = None, **properties: object) -> dict[str, Any]:
    return {
        "Type": "AWS::SSM::MaintenanceWindowTask",
        "Properties": {
            "WindowId": window_id or {"Ref": "Window"},
            "TaskType": "RUN_COMMAND",
            "TaskArn": "AWS-RunPatchBaseline",
            "Priority": 1,
            "MaxConcurrency": "10",
            "MaxErrors": "1",
            "Targets": [{"Key": "WindowTargetIds", "Values": [{"Ref": "Target"}]}],
            "TaskInvocationParameters": {
                "MaintenanceWindowRunCommandParameters": {"Parameters": {"Operation": ["Install"]}}
            },
            **properties,
        },
    }


# --- links ---


def test_targets_and_tasks_are_put_on_their_window(read_all: ReadAll) -> None:
    (estate,) = read_all(
        Resources={"Task": task(), "Target": target(), "Window": window(), "Other": window(Name="other")}
    )
    first, other = (entry.record for entry in estate.windows)
    assert [record.targets for record in first.targets] == [(("tag:PatchGroup", ("web",)),)]
    assert first.tasks[0].targets == first.targets
    assert first.tasks[0].location is not None
    assert first.tasks[0].location.logical_id == "Task"
    assert (other.name, other.targets, other.tasks) == ("other", (), ())


def test_a_window_that_is_not_in_the_template_is_unknown_and_its_task_is_still_read(
    read_all: ReadAll,
) -> None:
    (estate,) = read_all(Resources={"Task": task(window_id="mw-0123456789abcdef0", Targets=[])})
    (entry,) = estate.windows
    assert entry.record.name == Unknown("the window mw-0123456789abcdef0 is not in the templates")
    assert entry.record.tasks[0].parameters == {"Operation": ("Install",)}


def test_a_target_that_is_not_in_the_template_is_unknown(read_all: ReadAll) -> None:
    (estate,) = read_all(Resources={"Window": window(), "Task": task()})
    (registered,) = estate.windows[0].record.tasks[0].targets
    assert registered.targets == Unknown("the template has no Target")


def test_nodes_that_a_task_names_itself_are_read(read_all: ReadAll) -> None:
    keys = [{"Key": "InstanceIds", "Values": ["i-1", "i-2"]}]
    (estate,) = read_all(Resources={"Window": window(), "Task": task(Targets=keys)})
    (named,) = estate.windows[0].record.tasks[0].targets
    assert named.targets == (("InstanceIds", ("i-1", "i-2")),)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:ssm:eu-central-1::document/AWS-RunPatchBaseline",
        {"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}::document/AWS-RunPatchBaseline"},
    ],
)
def test_a_document_of_aws_is_known_by_its_arn_even_if_the_region_is_not(
    read_all: ReadAll, arn: object
) -> None:
    (estate,) = read_all(Resources={"Window": window(), "Target": target(), "Task": task(TaskArn=arn)})
    assert estate.windows[0].record.tasks[0].task_arn == "AWS-RunPatchBaseline"


def test_the_arn_of_ones_own_document_stays_as_it_is(read_all: ReadAll) -> None:
    arn = "arn:aws:ssm:eu-central-1:111111111111:document/AWS-RunPatchBaseline"
    (estate,) = read_all(Resources={"Window": window(), "Target": target(), "Task": task(TaskArn=arn)})
    assert estate.windows[0].record.tasks[0].task_arn == arn


def test_parameters_in_the_old_form_are_read(read_all: ReadAll) -> None:
    old = task(TaskParameters={"Operation": {"Values": ["Scan"]}})
    del old["Properties"]["TaskInvocationParameters"]
    (estate,) = read_all(Resources={"Window": window(), "Target": target(), "Task": old})
    assert estate.windows[0].record.tasks[0].parameters == {"Operation": ("Scan",)}


def test_a_baseline_id_as_parameter_is_a_reference_to_the_baseline(read_all: ReadAll) -> None:
    invocation = {
        "MaintenanceWindowRunCommandParameters": {
            "Parameters": {"Operation": ["Install"], "BaselineOverride": [{"Ref": "Baseline"}]}
        }
    }
    (estate,) = read_all(
        Resources={
            "Window": window(),
            "Target": target(),
            "Task": task(TaskInvocationParameters=invocation),
            "Baseline": {"Type": "AWS::SSM::PatchBaseline", "Properties": {"Name": "web"}},
        }
    )
    (override,) = estate.windows[0].record.tasks[0].parameters["BaselineOverride"]  # type: ignore[misc]
    assert isinstance(override, Reference)
    assert override.resource_type == "AWS::SSM::PatchBaseline"


# --- kinds of values ---


def test_values_are_turned_into_the_kind_that_aws_wants(read_all: ReadAll) -> None:
    (estate,) = read_all(
        Resources={
            "Window": window(Duration="4", Cutoff=1.0, AllowUnassociatedTargets="false"),
            "Target": target(),
            "Task": task(MaxConcurrency=10, Priority="0"),
        }
    )
    record = estate.windows[0].record
    assert (record.duration_hours, record.cutoff_hours, record.allow_unassociated_targets) == (4, 1, False)
    assert (record.tasks[0].max_concurrency, record.tasks[0].priority) == ("10", 0)
    assert estate.mistakes == ()


@pytest.mark.parametrize(
    ("properties", "field", "received"),
    [
        ({"Duration": "four"}, "Duration", "'four'"),
        ({"Duration": True}, "Duration", "True"),
        ({"Duration": 4.5}, "Duration", "4.5"),
        ({"Duration": []}, "Duration", "a list"),
        ({"Duration": None}, "Duration", None),
        ({"Name": {"a": 1, "b": 2}}, "Name", "a mapping"),
        ({"AllowUnassociatedTargets": "maybe"}, "AllowUnassociatedTargets", "'maybe'"),
        ({"Schedule": ["cron"]}, "Schedule", "a list"),
        ({"Tags": "a"}, "Tags", "'a'"),
    ],
)
def test_a_value_of_the_wrong_kind_is_unknown_and_a_mistake(
    read_all: ReadAll, properties: dict[str, object], field: str, received: str | None
) -> None:
    (estate,) = read_all(Resources={"Window": window(**properties)})
    (mistake,) = estate.mistakes
    assert mistake.location is not None
    assert (mistake.field, mistake.received, mistake.location.logical_id) == (field, received, "Window")


def test_a_parameter_that_is_no_list_is_read_and_said(read_all: ReadAll) -> None:
    invocation = {"MaintenanceWindowRunCommandParameters": {"Parameters": {"Operation": "Install"}}}
    (estate,) = read_all(
        Resources={
            "Window": window(),
            "Target": target(),
            "Task": task(TaskInvocationParameters=invocation),
        }
    )
    assert estate.windows[0].record.tasks[0].parameters == {"Operation": ("Install",)}
    assert [(mistake.message, mistake.allowed) for mistake in estate.mistakes] == [
        ("not in a list", "a list, such as ['Install']")
    ]


def test_what_only_cloudformation_expands_is_said(read_all: ReadAll) -> None:
    (estate,) = read_all(
        Transform=["AWS::LanguageExtensions", "MyMacro"],
        Resources={"Fn::ForEach::Windows": ["Stage", ["a"], {}], "Window": window()},
    )
    assert [unread.what for unread in estate.unread] == [
        "the loop Fn::ForEach::Windows",
        "what the macro MyMacro makes of the template",
    ]


# --- files and folders ---


def write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1))


def stack_artifact(template: str, environment: str, **properties: object) -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": template, **properties},
    }


def test_an_assembly_gives_environment_stack_name_and_construct_paths(tmp_path: Path) -> None:
    artifact = stack_artifact("S.template.json", "aws://111111111111/eu-central-1", stackName="patching")
    artifact["metadata"] = {"/App/S/W": [{"type": "aws:cdk:logicalId", "data": "Window"}]}
    write(tmp_path / "manifest.json", {"artifacts": {"S": artifact, "Tree": {"type": "cdk:tree"}}})
    name = {"Fn::Sub": "${AWS::StackName}-${AWS::Region}-${AWS::AccountId}-${AWS::Partition}"}
    write(tmp_path / "S.template.json", {"Resources": {"Window": window(Name=name)}})
    (estate,) = read_estates([tmp_path])
    (entry,) = estate.windows
    assert entry.environment == Environment(account="111111111111", region="eu-central-1")
    assert entry.record.name == "patching-eu-central-1-111111111111-aws"
    assert entry.record.location is not None
    assert entry.record.location.construct_path == "App/S/W"


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-isob-east-1", "aws-iso-b")],
)
def test_the_partition_follows_from_the_region(tmp_path: Path, region: str, partition: str) -> None:
    artifact = stack_artifact("S.template.json", f"aws://111111111111/{region}")
    write(tmp_path / "manifest.json", {"artifacts": {"S": artifact}})
    write(tmp_path / "S.template.json", {"Resources": {"Window": window(Name={"Ref": "AWS::Partition"})}})
    (estate,) = read_estates([tmp_path])
    assert estate.windows[0].record.name == partition


def test_stages_and_nested_stacks_are_read_with_what_they_pass_to_each_other(tmp_path: Path) -> None:
    write(
        tmp_path / "manifest.json",
        {
            "artifacts": {
                "assembly-Prod": {
                    "type": "cdk:cloud-assembly",
                    "properties": {"directoryName": "assembly-Prod"},
                }
            }
        },
    )
    stage = tmp_path / "assembly-Prod"
    artifact = stack_artifact("S.template.json", "aws://unknown-account/unknown-region")
    write(stage / "manifest.json", {"artifacts": {"S": artifact}})

    def nested(file: str, parameters: object) -> dict[str, Any]:
        return {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": {"Fn::Sub": "https://..."}, "Parameters": parameters},
            "Metadata": {"aws:asset:path": file},
        }

    write(
        stage / "S.template.json",
        {
            "Resources": {
                "Windows": nested("windows.json", {"Stage": "prod"}),
                "Tasks": nested("tasks.json", {"Id": {"Fn::GetAtt": ["Windows", "Outputs.WindowId"]}}),
            }
        },
    )
    write(
        stage / "windows.json",
        {
            "Parameters": {"Stage": {"Type": "String"}},
            "Resources": {"Window": window(Name={"Fn::Sub": "web-${Stage}"})},
            "Outputs": {"WindowId": {"Value": {"Ref": "Window"}}},
        },
    )
    write(
        stage / "tasks.json",
        {
            "Parameters": {"Id": {"Type": "String"}},
            "Resources": {"Target": target({"Ref": "Id"}), "Task": task({"Ref": "Id"})},
        },
    )
    (estate,) = read_estates([tmp_path])
    (entry,) = estate.windows
    assert entry.record.name == "web-prod"
    assert entry.record.tasks[0].targets == entry.record.targets != ()
    assert isinstance(entry.environment.account, Unknown)
    assert estate.parameter_defaults == ()


def test_exports_of_one_stack_are_imported_by_another_in_the_same_environment(tmp_path: Path) -> None:
    artifacts = {
        f"{name}{account[0]}": stack_artifact(f"{name}{account[0]}.json", f"aws://{account}/eu-central-1")
        for account in ("111111111111", "222222222222")
        for name in ("W", "T")
    }
    write(tmp_path / "manifest.json", {"artifacts": artifacts})
    for number in ("1", "2"):
        output = {"Value": {"Ref": "Window"}, "Export": {"Name": "patching-window"}}
        write(
            tmp_path / f"W{number}.json",
            {"Resources": {"Window": window(Name=f"web-{number}")}, "Outputs": {"Id": output}},
        )
        imported = {"Fn::ImportValue": "patching-window"}
        write(
            tmp_path / f"T{number}.json", {"Resources": {"Target": target(imported), "Task": task(imported)}}
        )
    (estate,) = read_estates([tmp_path])
    assert [(entry.record.name, len(entry.record.tasks)) for entry in estate.windows] == [
        ("web-1", 1),
        ("web-2", 1),
    ]


def test_a_folder_is_searched_for_templates_and_other_files_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "a.json", {"Resources": {"Window": window(Name="one")}})
    write(tmp_path / "deep" / "b.template", {"Resources": {"Window": window(Name="two")}})
    write(tmp_path / "package.json", {"name": "no template"})
    (tmp_path / "broken.yaml").write_text("a: b: c")
    (estate,) = read_estates([tmp_path])
    assert [entry.record.name for entry in estate.windows] == ["one", "two"]
    assert estate.windows[0].environment != estate.windows[1].environment


def test_a_template_that_another_one_nests_is_read_once(tmp_path: Path) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "nested.json"}}
    write(tmp_path / "main.json", {"Resources": {"Nested": nested}})
    write(tmp_path / "nested.json", {"Resources": {"Window": window()}})
    (estate,) = read_estates([tmp_path])
    assert len(estate.windows) == 1


def test_templates_that_nest_themselves_come_to_an_end(tmp_path: Path) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "main.json"}}
    write(tmp_path / "main.json", {"Resources": {"Nested": nested, "Window": window()}})
    (estate,) = read_estates([tmp_path / "main.json"])
    assert len(estate.windows) == 1


def test_a_path_that_is_given_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path / "a.json", {"Resources": {"Window": window()}})
    (estate,) = read_estates([tmp_path / "a.json", tmp_path / "a.json"])
    assert len(estate.windows) == 1


@pytest.mark.parametrize(
    ("files", "path", "message"),
    [
        ({}, "missing.yaml", "cannot be read: no such file"),
        ({}, ".", "no CloudFormation template in it"),
        ({"a.yaml": b"\xff\xfe\x00"}, "a.yaml", "not in UTF-8"),
        ({"manifest.json": b"{"}, ".", "not readable as JSON"),
        (
            {
                "manifest.json": json.dumps(
                    {"artifacts": {"S": stack_artifact("gone.json", "aws://1/2")}}
                ).encode()
            },
            ".",
            "cannot be read",
        ),
        ({}, "a\x00b", "cannot be read"),
    ],
    ids=["missing", "empty", "binary", "manifest", "template", "name"],
)
def test_what_cannot_be_used_at_all_is_one_error(
    tmp_path: Path, files: dict[str, bytes], path: str, message: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadingError, match=message):
        read_estates([tmp_path / path])


# --- stacks in stacks, written out or elsewhere ---


def stack_set(**properties: object) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {"StackSetName": "all", "PermissionModel": "SELF_MANAGED", **properties},
    }


@pytest.mark.parametrize("render", [json.dumps, yaml.safe_dump])
def test_a_template_that_is_written_out_in_a_stack_set_is_read(
    tmp_path: Path, render: Callable[[object], str]
) -> None:
    body = render({"Resources": {"Inner": window(Name="inner")}})
    write(
        tmp_path / "outer.json",
        {"Resources": {"All": stack_set(TemplateBody=body), "Outer": window(Name="outer")}},
    )
    for path in (tmp_path, tmp_path / "outer.json"):
        (estate,) = read_estates([path])
        outer, inner = estate.windows
        assert (outer.record.name, inner.record.name) == ("outer", "inner")
        assert inner.record.location is not None
        assert inner.record.location.file == str(tmp_path / "outer.json")
        assert inner.record.location.line == 3
        assert inner.record.location.logical_id == "Inner"
        assert isinstance(inner.environment.account, Unknown)
        assert inner.environment != outer.environment
        assert estate.unread == ()


@pytest.mark.parametrize(
    "resource",
    [
        stack_set(TemplateBody="not a template: ["),
        stack_set(TemplateBody={"Ref": "Body"}),
        stack_set(TemplateURL="https://example.com/template.yaml"),
        {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": "https://example.com/template.yaml"},
        },
    ],
)
def test_a_stack_whose_template_is_elsewhere_is_reported(tmp_path: Path, resource: dict[str, Any]) -> None:
    write(tmp_path / "outer.json", {"Resources": {"Elsewhere": resource}})
    (estate,) = read_estates([tmp_path / "outer.json"])
    (unread,) = estate.unread
    assert unread.what == "what the stack Elsewhere deploys"
    assert unread.location.logical_id == "Elsewhere"


def test_the_one_allowed_value_that_no_condition_names_is_known(read_all: ReadAll) -> None:
    estates = read_all(
        Parameters={"Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
        Conditions={"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        Resources={
            "Window": window(Name={"Ref": "Stage"}, Duration={"Fn::If": ["IsProd", 4, 2]}),
        },
    )
    assert {(estate.assumptions, estate.windows[0].record.name) for estate in estates} == {
        (("parameter Stage is 'dev'",), "dev"),
        (("parameter Stage is 'prod'",), "prod"),
    }


# --- many files ---


def nested_in(*files: str) -> dict[str, Any]:
    return {
        "Resources": {
            f"Nested{number}": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": file}}
            for number, file in enumerate(files)
        }
    }


def test_nested_stacks_beyond_what_aws_makes_at_once_are_not_read_but_reported(tmp_path: Path) -> None:
    depth = MAX_NESTED_STACKS.bit_length()
    for level in range(depth):
        write(tmp_path / f"{level}.json", nested_in(*[f"{level + 1}.json"] * 2))
    write(tmp_path / f"{depth}.json", {"Resources": {"Window": window()}})
    (estate,) = read_estates([tmp_path / "0.json"])
    assert 0 < len(estate.windows) < MAX_NESTED_STACKS
    assert [(note.what, note.reason) for note in estate.unread] == [
        ("some nested stacks", f"there are more than {MAX_NESTED_STACKS}")
    ]


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Grows with every file that is read."""
    read: list[Path] = []
    read_text = Path.read_text

    def counted(path: Path, encoding: str | None = None) -> str:
        read.append(path)
        return read_text(path, encoding)

    monkeypatch.setattr(Path, "read_text", counted)
    return read


def test_a_folder_of_deeply_nested_templates_is_looked_through_once(
    tmp_path: Path, files_read: list[Path]
) -> None:
    depth = 40
    for level in range(depth):
        write(tmp_path / f"{level:02}.json", nested_in(f"{level + 1:02}.json"))
    write(tmp_path / f"{depth:02}.json", {"Resources": {"Window": window()}})
    (estate,) = read_estates([tmp_path])
    assert len(estate.windows) == 1
    assert len(files_read) <= 4 * (depth + 1)


def test_templates_of_a_folder_are_read_once(tmp_path: Path, files_read: list[Path]) -> None:
    for number in range(5):
        write(tmp_path / f"{number}.json", {"Resources": {"Window": window()}})
    (estate,) = read_estates([tmp_path])
    assert len(estate.windows) == len(files_read) == 5
