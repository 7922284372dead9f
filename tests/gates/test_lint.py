"""Equal templates are linted once, and no other template is left out."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bench.growth_figures import organisation
from bench.synthesis import define_sample, new_app
from gates.assembly import read_templates
from gates.equal_templates import Names, Template, group_equal, longest_names
from gates.lint import main, plan_lint

WEB = Names(account_id="777777777777", account_name="web-a", stack_name="Patching-web-a-eu-central-1")
SHOP = Names(account_id="888888888888", account_name="web-shop", stack_name="Patching-web-shop-eu-central-1")
ASSETS = tuple(character * 64 for character in "abcd")


def content(names: Names, **properties: object) -> dict[str, Any]:
    words = names.stack_name.replace("-", "")
    return {
        "Resources": {
            "Window": {
                "Type": "AWS::SSM::MaintenanceWindow",
                "Properties": {
                    "AllowUnassociatedTargets": False,
                    "Cutoff": 0,
                    "Description": f"Windows of {names.account_name} ({names.account_id})",
                    "Duration": 3,
                    "Name": f"{words}Window{'A' if names is WEB else 'B'}0123456",
                    "Schedule": "rate(1 day)",
                    **properties,
                },
                "Metadata": {"aws:cdk:path": f"{names.stack_name}/Window"},
            }
        }
    }


def template(
    names: Names, region: str = "eu-central-1", properties: Mapping[str, object] | None = None
) -> Template:
    text = json.dumps(content(names, **(properties or {})))
    return Template(path=Path(f"{names.stack_name}.json"), text=text, region=region, names=names)


def named(*, account_name: str = "shop", stack_name: str = "Patching-shop") -> Names:
    return Names(account_id="888888888888", account_name=account_name, stack_name=stack_name)


def test_of_templates_that_differ_in_names_the_one_with_the_longest_is_linted() -> None:
    plan = plan_lint([template(WEB), template(SHOP)])
    assert plan.linted == {"eu-central-1": [Path("Patching-web-shop-eu-central-1.json")]}
    assert plan.equal == {
        Path("Patching-web-shop-eu-central-1.json"): [Path("Patching-web-a-eu-central-1.json")]
    }
    assert str(plan).startswith("cfn-lint: 1 of 2 templates are linted; the other 1 are equal")


@pytest.mark.parametrize(
    "properties",
    [
        {"Duration": 4},
        {"Duration": "3"},
        {"Schedule": "rate(2 days)"},
        {"Description": f"Windows of web-shop ({WEB.account_id})"},
        {"Description": f"Windows of web-shops ({SHOP.account_id})"},
        {"Description": f"Windows of web-shop (x{SHOP.account_id})"},
        {"Name": "PatchingwebshopeucentralWindowB0123456"},
        {"Name": "Patchingwebshopeucentral1DoorB0123456"},
        {"ScheduleTimezone": "UTC"},
        {"Tags": []},
    ],
    ids=str,
)
def test_a_template_that_differs_in_one_property_is_linted(properties: dict[str, object]) -> None:
    plan = plan_lint([template(WEB), template(SHOP, properties=properties)])
    assert sum(map(len, plan.linted.values())) == 2
    assert plan.equal == {}


def test_every_region_is_linted() -> None:
    plan = plan_lint([template(WEB), template(SHOP, region="us-east-1")])
    assert set(plan.linted) == {"eu-central-1", "us-east-1"}


def test_names_of_other_kinds_of_characters_are_linted() -> None:
    dotted = named(account_name="web.shop", stack_name="Patching-web.shop-eu-central-1")
    assert len(group_equal([template(SHOP), template(dotted)])) == 2


def test_an_account_whose_name_is_not_known_is_not_equal_to_one_whose_name_is() -> None:
    nameless = Names(account_id=SHOP.account_id, account_name=None, stack_name=SHOP.stack_name)
    assert len(group_equal([template(SHOP), template(nameless)])) == 2


def test_a_template_of_no_stack_is_linted() -> None:
    nested = [Template(path=Path(name), text="{}", region=None, names=None) for name in ("a", "b")]
    assert len(group_equal(nested)) == 2


def test_files_of_functions_may_differ_and_not_change_places() -> None:
    def with_files(names: Names, *files: str) -> Template:
        text = json.dumps([f"{key}.zip" for key in files])
        known = Names(
            account_id=names.account_id,
            account_name=names.account_name,
            stack_name=names.stack_name,
            file_assets=frozenset(ASSETS[:3]),
        )
        return Template(path=Path(names.stack_name), text=text, region="eu-central-1", names=known)

    a, b, c, unknown = ASSETS
    assert len(group_equal([with_files(WEB, a, b, a), with_files(SHOP, b, c, b)])) == 1
    assert len(group_equal([with_files(WEB, a, b, a), with_files(SHOP, a, b, b)])) == 2
    assert len(group_equal([with_files(WEB, a), with_files(SHOP, unknown)])) == 2


def test_each_template_that_may_reach_a_limit_of_length_first_is_linted() -> None:
    group = [
        template(named(account_name=account, stack_name=stack))
        for account, stack in (("aa", "s"), ("a", "ssss"), ("aaaa", "s"), ("aaa", "sss"), ("aaa", "ss"))
    ]
    assert [
        (names.account_name, names.stack_name)
        for names in (chosen.names for chosen in longest_names(group))
        if names is not None
    ] == [("a", "ssss"), ("aaa", "sss"), ("aaaa", "s")]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("organisation") / "patching.yaml"
    path.write_text(yaml.safe_dump(organisation(3)))
    return path


@pytest.fixture(scope="module")
def synthesized(config: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Template]:
    app = new_app(str(tmp_path_factory.mktemp("assembly")))
    define_sample(app, config)
    app.synth()
    data = yaml.safe_load(config.read_text())
    return read_templates(Path(app.outdir), {account["id"]: account["name"] for account in data["accounts"]})


def test_one_template_of_each_ring_is_linted_and_that_of_the_security_account(
    synthesized: list[Template],
) -> None:
    plan = plan_lint(synthesized)
    assert [path.name for path in plan.linted["eu-central-1"]] == [
        "Patching-prod-1-eu-central-1.template.json",
        "Patching-security.template.json",
    ]
    assert [len(others) for others in plan.equal.values()] == [2]


def _leaves(value: object) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        if isinstance(child, dict | list) and child:
            yield from _leaves(child)
        else:
            yield value, key


@given(data=st.data())
def test_whatever_differs_in_a_synthesized_template_has_it_linted(
    synthesized: list[Template], data: st.DataObject
) -> None:
    one, other = synthesized[:2]
    assert len(group_equal([one, other])) == 1
    changed = json.loads(other.text)
    container, key = data.draw(st.sampled_from(list(_leaves(changed))))
    before = container[key]
    container[key] = data.draw(
        st.sampled_from([f"{before}x", "", None, 0, 1.5, [before], {"Ref": before}]).filter(
            lambda after: json.dumps(after) != json.dumps(before)
        )
    )
    # As the CDK writes it, so that the rest of the text is the same.
    assert json.dumps(json.loads(other.text), indent=1) == other.text
    text = json.dumps(changed, indent=1)
    mutant = Template(path=other.path, text=text, region=other.region, names=other.names)
    assert len(group_equal([one, mutant])) == 2


def write_assembly(folder: Path, *stacks: tuple[Names, str, dict[str, Any]]) -> Path:
    artifacts = {}
    for names, region, body in stacks:
        file = f"{names.stack_name}.template.json"
        (folder / file).write_text(json.dumps(body))
        artifacts[names.stack_name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{names.account_id}/{region}",
            "properties": {"templateFile": file},
        }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


@pytest.fixture
def accounts_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = organisation(2)
    for account, names in zip(data["accounts"][-2:], (WEB, SHOP), strict=True):
        account |= {"id": names.account_id, "name": names.account_name}
    data["rings"][0]["accounts"] = [WEB.account_name, SHOP.account_name]
    config = tmp_path / "patching.yaml"
    config.write_text(yaml.safe_dump(data))
    monkeypatch.setenv("PATCHING_CONFIG", str(config))


@pytest.mark.usefixtures("accounts_of_the_file")
def test_templates_without_a_mistake_pass_and_a_region_that_the_linter_does_not_know_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    region = "eu-north-9"
    write_assembly(tmp_path, (WEB, region, content(WEB)), (SHOP, region, content(SHOP)))
    assert main([str(tmp_path)]) == 0
    out = capfd.readouterr().out
    assert "1 of 2 templates are linted" in out
    assert "cfn-lint does not know the Region eu-north-9" in out


@pytest.mark.usefixtures("accounts_of_the_file")
def test_mistakes_are_found_and_the_templates_that_share_them_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    region = "eu-central-1"
    other = named(stack_name="Other")
    write_assembly(
        tmp_path,
        (WEB, region, content(WEB, Duration=25)),
        (SHOP, region, content(SHOP, Duration=25)),
        (other, region, content(other, Duration=26)),
    )
    assert main([str(tmp_path)]) != 0
    out = capfd.readouterr().out
    assert "2 of 3 templates are linted" in out
    assert re.search(r"25 is greater than .*?Patching-web-shop-eu-central-1.template.json:", out, re.DOTALL)
    assert re.search(r"26 is greater than .*?Other.template.json:", out, re.DOTALL)
    assert f"equal to {SHOP.stack_name}.template.json: {WEB.stack_name}.template.json" in out


@pytest.mark.usefixtures("accounts_of_the_file")
def test_a_name_that_only_the_longest_makes_too_long_is_found(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    stacks = [
        (names, "eu-central-1", content(names, Name=f"{'x' * 120}-{names.account_name}"))
        for names in (WEB, SHOP)
    ]
    assert main([str(write_assembly(tmp_path, *stacks))]) != 0
    assert "128" in capfd.readouterr().out


@pytest.mark.usefixtures("accounts_of_the_file")
def test_a_template_is_held_against_its_own_region(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    body = {"Resources": {"App": {"Type": "AWS::AppRunner::ObservabilityConfiguration"}}}
    assert (
        main([str(write_assembly(tmp_path, (WEB, "eu-central-1", body), (SHOP, "mx-central-1", body)))]) != 0
    )
    out = capfd.readouterr().out
    assert "mx-central-1" in out
    assert f"{SHOP.stack_name}.template.json" in out
    assert f"{WEB.stack_name}.template.json" not in out


@pytest.mark.usefixtures("accounts_of_the_file")
def test_nested_stacks_and_stages_are_linted_and_files_of_assets_are_not(tmp_path: Path) -> None:
    write_assembly(tmp_path, (WEB, "eu-central-1", content(WEB)))
    stage = tmp_path / "assembly-Stage"
    asset = tmp_path / f"asset.{ASSETS[0]}"
    for folder in (stage, asset):
        folder.mkdir()
        write_assembly(folder, (SHOP, "eu-central-1", content(SHOP)))
    (tmp_path / "Nested.nested.template.json").write_text("{}")
    assert [
        (str(template.path.relative_to(tmp_path)), template.names is not None)
        for template in read_templates(tmp_path, {})
    ] == [
        ("Nested.nested.template.json", False),
        (f"{WEB.stack_name}.template.json", True),
        (f"assembly-Stage/{SHOP.stack_name}.template.json", True),
    ]


@pytest.mark.usefixtures("accounts_of_the_file")
def test_a_folder_without_templates_is_no_success(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "no templates" in capfd.readouterr().err


def test_a_configuration_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATCHING_CONFIG", str(tmp_path / "none.yaml"))
    assert main([str(tmp_path)]) == 2
    assert "none.yaml" in capfd.readouterr().err
