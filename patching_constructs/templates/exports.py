"""What stacks offer to each other with Outputs and Fn::ImportValue."""

import functools
from collections.abc import Sequence

from patching_constructs.model.unknown import Unknown
from patching_constructs.templates.intrinsic_functions import as_text
from patching_constructs.templates.resolver import StackResolver, Steps
from patching_constructs.templates.scenario import OpenQuestionError, Scenario
from patching_constructs.templates.stack import TemplateStack


class ExportIndex:
    """The exports of all stacks, looked for when the first one is imported."""

    def __init__(self, stacks: Sequence[TemplateStack]) -> None:
        self.stacks = stacks

    def resolve(
        self, scenario: Scenario, importer: TemplateStack, name: str, depth: int, steps: Steps
    ) -> object:
        """Return the value that `importer` gets for the export `name`."""
        offers = [
            (stack, output)
            for stack, output in self._outputs.get(name, ())
            if stack.environment.may_be(importer.environment)
        ]
        offers.sort(key=lambda offer: offer[0].environment != importer.environment)
        if not offers:
            return Unknown(f"the export {name} is not in the templates")
        stack, output = offers[0]
        return self._resolver(stack, scenario, depth, steps).output(output)

    @functools.cached_property
    def _outputs(self) -> dict[str, list[tuple[TemplateStack, str]]]:
        """The outputs that are exported, by the name of the export."""
        found: dict[str, list[tuple[TemplateStack, str]]] = {}
        for stack in self.stacks:
            resolver = self._resolver(stack, Scenario(), 0, Steps())
            for output, declaration in stack.document.section("Outputs").items():
                export = declaration.get("Export") if isinstance(declaration, dict) else None
                if not isinstance(export, dict):
                    continue
                try:
                    name = as_text(resolver.resolve(export.get("Name")))
                except OpenQuestionError:
                    continue
                if isinstance(name, str):
                    found.setdefault(name, []).append((stack, output))
            stack.release()
        return found

    def _resolver(self, stack: TemplateStack, scenario: Scenario, depth: int, steps: Steps) -> StackResolver:
        return StackResolver(
            stack,
            scenario,
            exports=functools.partial(self.resolve, scenario),
            defaults={},
            depth=depth,
            steps=steps,
        )
