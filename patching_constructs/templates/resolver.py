"""From what a template says to the values that CloudFormation would deploy."""

import functools
from collections.abc import Callable, Iterable, Mapping

from patching_constructs.model.unknown import PartlyKnown, Reference, Unknown
from patching_constructs.templates import intrinsic_functions as functions
from patching_constructs.templates.intrinsic_functions import NO_VALUE, as_text, kind
from patching_constructs.templates.scenario import OpenQuestionError, Question, Scenario
from patching_constructs.templates.stack import TemplateStack, canonical

# Our own limit, far beyond what people write, so that no template can exhaust the stack.
_MAX_DEPTH = 80

# Our own limit, more than AWS lets a template say, so that values that name each other cannot blow up.
_MAX_STEPS = 500_000


class Steps:
    """How many more values may be resolved, shared by all resolvers that ask each other."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = _MAX_STEPS


Exports = Callable[[TemplateStack, str, int, Steps], object]
"""Resolves for a stack the export with a name, at some depth and with some steps left."""


class StackResolver:
    """Resolves the values of one stack under one scenario.

    Args:
        stack: The stack.
        scenario: What is assumed about open conditions.
        exports: Resolves the name of an export that another stack offers to this one.
        defaults: Takes note of the parameters whose default is taken, by stack and name.
        depth: Depth of the value for which another resolver calls this one.
        steps: What that resolver has left to do. Default: as much as one reading may take.
    """

    def __init__(
        self,
        stack: TemplateStack,
        scenario: Scenario,
        *,
        exports: Exports,
        defaults: dict[tuple[TemplateStack, str], str],
        depth: int = 0,
        steps: Steps | None = None,
    ) -> None:
        self.stack = stack
        self.scenario = scenario
        self.exports = exports
        self.defaults = defaults
        self._depth = depth
        self._steps = Steps() if steps is None else steps
        self._conditions: dict[str, bool | Question] = {}
        self._functions: Mapping[str, Callable[[object], object]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": self._import_value,
            "Fn::Join": self._join,
            "Fn::Select": lambda argument: functions.select(*self._arguments(argument, 2)),
            "Fn::Split": lambda argument: functions.split(*self._arguments(argument, 2)),
            "Fn::Base64": lambda argument: functions.encode(self.resolve(argument)),
            "Fn::Length": lambda argument: functions.length(self.resolve(argument)),
            "Fn::ToJsonString": lambda argument: functions.to_json(self.resolve(argument)),
            **{name: functools.partial(self._condition_value, name) for name in _CONDITION_FUNCTIONS},
        }

    def resolve(self, node: object) -> object:
        """Return a value: text, number, flag, tuple, mapping, None, `Unknown` or `NO_VALUE`.

        Raises:
            OpenQuestionError: If a condition decides and the scenario says nothing about it.
        """
        # Most values are plain texts; only a dynamic reference such as {{resolve:ssm:...}} is not known here.
        if isinstance(node, str):
            return functions.plain_text(node) if "{{" in node else node
        if not isinstance(node, dict | list):
            return node
        # Values that refer to each other in a circle would recurse until Python gives up.
        if self._depth >= _MAX_DEPTH:
            return Unknown("nested too deeply, or in a circle")
        self._steps.left -= 1
        if self._steps.left < 0:
            return Unknown(f"it takes more than {_MAX_STEPS} steps to resolve")
        self._depth += 1
        try:
            return self._list(node) if isinstance(node, list) else self._mapping(node)
        finally:
            self._depth -= 1

    def _list(self, nodes: list[object]) -> tuple[object, ...]:
        items = [self.resolve(node) for node in nodes]
        return tuple(item for item in items if item is not NO_VALUE) if NO_VALUE in items else tuple(items)

    def _mapping(self, node: Mapping[str, object]) -> object:
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name in self._functions:
                return self._functions[name](argument)
            # A function of a transform or of a later version of CloudFormation; reading on would take it for
            # data.
            if name.startswith("Fn::"):
                return Unknown(f"{name} is resolved at deployment")
        resolved = {}
        for name, value in node.items():
            item = self.resolve(value)
            if item is not NO_VALUE:
                resolved[name] = item
        return resolved

    def exists(self, logical_id: str) -> bool:
        """Return whether the condition of a resource is met."""
        condition = self.stack.resource(logical_id).get("Condition")
        return not isinstance(condition, str) or self.condition(condition)

    def condition(self, name: str) -> bool:
        """Return whether a condition of the template holds."""
        if name not in self._conditions:
            # CloudFormation refuses such a circle; here it must only end.
            self._conditions[name] = False  # if it refers to itself
            try:
                self._conditions[name] = self._holds(self.stack.document.section("Conditions").get(name))
            except OpenQuestionError as error:
                self._conditions[name] = error.question
        answer = self._conditions[name]
        if isinstance(answer, Question):
            raise OpenQuestionError(answer)
        return answer

    def output(self, name: str) -> object:
        """Return the value of an output."""
        output = self.stack.document.section("Outputs").get(name)
        if not isinstance(output, dict) or "Value" not in output:
            return Unknown(f"{self.stack.name} has no output {name}")
        return self.resolve(output["Value"])

    def _arguments(self, argument: object, count: int) -> list[object]:
        """Return the arguments of a function, with `Unknown` for those that are missing."""
        items = argument if isinstance(argument, list) else [argument]
        resolved = [self.resolve(item) for item in items[:count]]
        return [*resolved, *[Unknown("an argument of a function is missing")] * (count - len(resolved))]

    def _ref(self, name: object) -> object:
        if not isinstance(name, str):
            return Unknown(f"Ref needs a name, got {kind(name)}")
        if name.startswith("AWS::"):
            return self._pseudo_parameter(name)
        if name in self.stack.document.section("Parameters"):
            return self._parameter(name)
        if resource_type := self.stack.resource_type(name):
            return Reference(f"{name} is made at deployment", self.stack.name, name, resource_type)
        return Unknown(f"the template has no {name}")

    def _pseudo_parameter(self, name: str) -> object:
        environment = self.stack.environment
        region = environment.region
        partition = region if isinstance(region, Unknown) else _partition(region)
        values: dict[str, object] = {
            "AWS::NoValue": NO_VALUE,
            "AWS::AccountId": environment.account,
            "AWS::Region": region,
            "AWS::Partition": partition,
            "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
            "AWS::StackName": self.stack.stack_name or Unknown("the name of the stack is not known"),
        }
        return values.get(name, Unknown(f"{name} is known only at deployment"))

    def _parameter(self, name: str) -> object:
        declaration = self.stack.document.section("Parameters")[name]
        declared_type = str(declaration.get("Type")) if isinstance(declaration, dict) else ""
        given = self._given(name)
        if given is not None:
            return self._typed(given, declared_type)
        assumed = self.scenario.answers.get(_parameter_words(name))
        if assumed is not None:
            return self._typed(assumed, declared_type)
        default = declaration.get("Default") if isinstance(declaration, dict) else None
        if default is None:
            return Unknown(f"parameter {name} has no default")
        # Its default is the name of a parameter, not a value.
        if declared_type.startswith("AWS::SSM::Parameter::Value"):
            return Unknown(f"parameter {name} is read from Parameter Store at deployment")
        text = as_text(default)
        if isinstance(text, Unknown):
            return text
        # Noted, because a deployment may give another value and the reader has to know what was assumed.
        self.defaults[self.stack, name] = text
        return self._typed(text, declared_type)

    def _given(self, name: str) -> object:
        """Return what the stack above gives for a parameter, or None if it gives nothing."""
        if self.stack.parent is None:
            return None
        stack_above, logical_id = self.stack.parent
        properties = stack_above.resource(logical_id).get("Properties")
        given = properties.get("Parameters") if isinstance(properties, dict) else None
        if not isinstance(given, dict) or name not in given:
            return None
        value = self._elsewhere(stack_above).resolve(given[name])
        return None if value is NO_VALUE else value

    def _elsewhere(self, stack: TemplateStack) -> "StackResolver":
        return StackResolver(
            stack,
            self.scenario,
            exports=self.exports,
            defaults=self.defaults,
            depth=self._depth + 1,
            steps=self._steps,
        )

    def _typed(self, value: object, declared_type: str) -> object:
        is_list = declared_type == "CommaDelimitedList" or declared_type.startswith("List<")
        # CloudFormation splits the text of a list parameter at commas and trims the parts.
        if is_list and isinstance(value, str):
            return tuple(item.strip() for item in value.split(","))
        return value

    def _get_att(self, argument: object) -> object:
        if isinstance(argument, str):
            argument = argument.split(".", 1)
        if not isinstance(argument, list) or len(argument) != 2:
            return Unknown(f"Fn::GetAtt needs a resource and an attribute, got {kind(argument)}")
        logical_id, attribute = argument[0], self.resolve(argument[1])
        if not isinstance(logical_id, str) or not isinstance(attribute, str):
            return Unknown("Fn::GetAtt needs a resource and an attribute")
        nested = self.stack.nested.get(logical_id)
        if nested is not None and attribute.startswith("Outputs."):
            return self._elsewhere(nested).output(attribute.removeprefix("Outputs."))
        if resource_type := self.stack.resource_type(logical_id):
            return Reference(
                f"{attribute} of {logical_id} is made at deployment",
                self.stack.name,
                logical_id,
                resource_type,
                attribute,
            )
        return Unknown(f"the template has no {logical_id}")

    def _sub(self, argument: object) -> object:
        variables: Mapping[str, object] = {}
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
            argument, variables = argument
        if isinstance(argument, list) and len(argument) == 1:
            argument = argument[0]
        if not isinstance(argument, str):
            return Unknown(f"Fn::Sub needs a text, got {kind(argument)}")
        values: dict[str, object] = {}

        def value_of(name: str) -> object:
            if name not in values:
                if name in variables:
                    values[name] = self.resolve(variables[name])
                else:
                    values[name] = self._get_att(name) if "." in name else self._ref(name)
            return values[name]

        text = functions.substitute(argument, value_of)
        return functions.plain_text(text) if isinstance(text, str) else text

    def _join(self, argument: object) -> object:
        delimiter, items = self._arguments(argument, 2)
        if isinstance(items, Unknown):
            return items
        if not isinstance(delimiter, str) or not isinstance(items, tuple):
            return Unknown("Fn::Join needs a delimiter and a list")
        return functions.join(items, delimiter)

    def _if(self, argument: object) -> object:
        if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[0], str):
            return Unknown("Fn::If needs a condition and two values")
        return self.resolve(argument[1] if self.condition(argument[0]) else argument[2])

    def _find_in_map(self, argument: object) -> object:
        names = argument[:3] if isinstance(argument, list) else []
        keys = [as_text(self.resolve(name)) for name in names]
        found: object = self.stack.document.section("Mappings")
        for key in keys:
            if isinstance(key, Unknown):
                return PartlyKnown(key.reason, "${...}")
            found = found.get(key) if isinstance(found, dict) else None
        if len(keys) == 3 and found is not None:
            return self.resolve(found)
        options = argument[3] if isinstance(argument, list) and len(argument) > 3 else None
        if isinstance(options, dict) and "DefaultValue" in options:
            return self.resolve(options["DefaultValue"])
        return Unknown(f"the template maps no {'.'.join(str(key) for key in keys)}")

    def _import_value(self, argument: object) -> object:
        name = as_text(self.resolve(argument))
        if isinstance(name, Unknown):
            return name
        return self.exports(self.stack, name, self._depth + 1, self._steps)

    def _condition_value(self, function: str, argument: object) -> object:
        return self._holds({function: argument})

    def _holds(self, node: object) -> bool:
        """Decide a condition; what is malformed does not hold."""
        if not isinstance(node, dict) or len(node) != 1 or self._depth >= _MAX_DEPTH:
            return False
        ((name, argument),) = node.items()
        items = argument if isinstance(argument, list) else [argument]
        self._depth += 1
        try:
            if name == "Condition":
                return isinstance(argument, str) and self.condition(argument)
            if name == "Fn::Not":
                return not self._holds(items[0] if items else None)
            if name == "Fn::And":
                return not self._any(items, wanted=False)
            if name == "Fn::Or":
                return self._any(items, wanted=True)
            if name == "Fn::Equals":
                return len(items) == 2 and self._equal(items[0], items[1])
        finally:
            self._depth -= 1
        return False

    def _any(self, nodes: Iterable[object], *, wanted: bool) -> bool:
        """Return whether one of the conditions is met; an undecided one matters only if no other is."""
        question: OpenQuestionError | None = None
        for node in nodes:
            try:
                if self._holds(node) is wanted:
                    return True
            except OpenQuestionError as error:
                question = question or error
        if question is not None:
            raise question
        return False

    def _equal(self, left_node: object, right_node: object) -> bool:
        left, right = self.resolve(left_node), self.resolve(right_node)
        unknowns = [functions.first_unknown(value) for value in (left, right)]
        if unknowns == [None, None]:
            return _comparable(left) == _comparable(right)
        # The same expression has the same value, whatever that is.
        if canonical(left_node) == canonical(right_node):
            return True
        open_node, literal = (left_node, right) if unknowns[1] is None else (right_node, left)
        if not isinstance(literal, str) or None not in unknowns:
            words = f"{_words(left_node)} equal to {_words(right_node)}"
            return self.scenario.answer(Question(words, ("yes", "no"))) == "yes"
        question = self._question(open_node, literal)
        return self.scenario.answer(question) == literal

    def _question(self, node: object, literal: str) -> Question:
        """Ask for a value that no template states, with all the values that the template compares it with."""
        compared = [literal]
        conditions = self.stack.document.section("Conditions")
        for left, right in _comparisons(list(conditions.values())):
            for side, other in ((left, right), (right, left)):
                if isinstance(other, str) and canonical(side) == canonical(node) and other not in compared:
                    compared.append(other)
        allowed = self._allowed_values(node)
        if allowed is not None:
            compared = [value for value in compared if value in allowed]
            others = set(allowed) - set(compared)
            # With one value left, that value is the answer in place of `any other`.
            if len(others) == 1:
                compared += others
                others = set()
        return Question(_words(node), (*sorted(compared), *([None] if allowed is None or others else [])))

    def _allowed_values(self, node: object) -> list[str] | None:
        name = node.get("Ref") if isinstance(node, dict) else None
        declaration = self.stack.document.section("Parameters").get(str(name))
        allowed = declaration.get("AllowedValues") if isinstance(declaration, dict) else None
        if not isinstance(allowed, list) or not allowed:
            return None
        return [text for text in map(as_text, allowed) if isinstance(text, str)]


_CONDITION_FUNCTIONS = ("Condition", "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or")


# A Region's name is enough to know AWS::Partition; only these prefixes are outside of `aws`.
# https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}


def _partition(region: str) -> str:
    return next((partition for prefix, partition in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def _comparable(value: object) -> object:
    text = as_text(value)
    return value if isinstance(text, Unknown) else text


def _parameter_words(name: str) -> str:
    return f"parameter {name}"


def _words(node: object) -> str:
    if isinstance(node, dict) and isinstance(name := node.get("Ref"), str):
        return name if name.startswith("AWS::") else _parameter_words(name)
    text = node if isinstance(node, str) else canonical(node)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _comparisons(nodes: list[object]) -> Iterable[tuple[object, object]]:
    """Yield both sides of every Fn::Equals."""
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes.extend(node)
        elif isinstance(node, dict):
            nodes.extend(node.values())
            sides = node.get("Fn::Equals")
            if isinstance(sides, list) and len(sides) == 2:
                yield sides[0], sides[1]
