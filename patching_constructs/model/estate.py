"""What one or many templates deploy, and the rings that it amounts to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.finding import Finding
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.promises import Promise
from patching_constructs.model.unknown import Maybe, Unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """The account and Region of a stack.

    Environments compare equal when they certainly are the same: an unknown one names its template as reason.
    """

    account: Maybe[str]
    region: Maybe[str]

    def may_be(self, other: "Environment") -> bool:
        """Return whether both can be the same account and Region, that is, no known part differs."""
        return all(
            isinstance(mine, Unknown) or isinstance(theirs, Unknown) or mine == theirs
            for mine, theirs in ((self.account, other.account), (self.region, other.region))
        )

    def __str__(self) -> str:
        """Render as `account/region`, with `?` for what is not known."""
        return "/".join("?" if isinstance(part, Unknown) else part for part in (self.account, self.region))


@dataclass(frozen=True, kw_only=True, slots=True)
class RolloutMarks:
    """The marks that our constructs write for a window, or values in their place; None where there are none.

    Attributes:
        rollout: Name of the rollout.
        ring: Name of the ring.
        ring_order: Place of the ring in the rollout; lower is patched earlier.
        soak_hours: Hours without trouble after which a later ring may follow.
        production: Whether the ring is production.
        promises: How soon patches are promised to be installed in the ring.
    """

    rollout: Maybe[str] | None = None
    ring: Maybe[str] | None = None
    ring_order: Maybe[int] | None = None
    soak_hours: Maybe[int] | None = None
    production: Maybe[bool] | None = None
    promises: Maybe[tuple[Maybe[Promise], ...]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineAt:
    """A patch baseline and where it is deployed.

    Attributes:
        stack: Name of its stack; a `Reference` names it.
    """

    record: PatchBaselineRecord
    environment: Environment
    stack: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowAt:
    """A maintenance window with its targets and tasks, where it is deployed, and what is marked on it.

    Attributes:
        tag_marks: The marks in its tags.
        metadata_marks: The marks in its Metadata, which agree with the tags unless one was edited.
        stack: Name of its stack; a `Reference` names it.
    """

    record: WindowRecord
    environment: Environment
    tag_marks: RolloutMarks = RolloutMarks()
    metadata_marks: RolloutMarks = RolloutMarks()
    stack: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceAt:
    """Any resource of a template.

    Attributes:
        type: CloudFormation type.
        properties: Its properties; values are texts, numbers, flags, tuples, mappings, None or `Unknown`.
        environment: Where it is deployed.
        location: Its location.
        stack: Name of its stack; a `Reference` names it.
        marks: What our constructs wrote into its Metadata, in values like those of properties.
    """

    type: str
    properties: Maybe[Mapping[str, object]]
    environment: Environment
    location: Location = field(compare=False)
    stack: str = ""
    marks: Maybe[Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterDefault:
    """A parameter whose default was taken for its value."""

    name: str
    value: str
    location: Location


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A part of the input that reading passes over.

    Attributes:
        what: What it is, in words.
        reason: Why it is not read.
        location: Its location.
    """

    what: str
    reason: str
    location: Location


@dataclass(frozen=True, kw_only=True, slots=True)
class Estate:
    """Everything that the templates of one check deploy, in one of the ways in which they can be deployed.

    Attributes:
        baselines: All patch baselines.
        windows: All maintenance windows, with what is registered on them.
        resources: The other resources that patching depends on: roles, alarms, associations, nodes.
        parameter_defaults: The defaults that were taken for values.
        assumptions: What is assumed about conditions that a template leaves open, in words such as
            "parameter Stage is 'prod'"; empty if nothing is open.
        mistakes: Properties that cannot be what AWS wants.
        unread: What was passed over.
        acknowledgements: What the app itself accepts, with CDK's own mechanism.
    """

    baselines: tuple[BaselineAt, ...] = ()
    windows: tuple[WindowAt, ...] = ()
    resources: tuple[ResourceAt, ...] = ()
    parameter_defaults: tuple[ParameterDefault, ...] = ()
    assumptions: tuple[str, ...] = ()
    mistakes: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RingMember:
    """Nodes of one patch group and operating system in an account and Region that are patched the same way.

    Attributes:
        patch_group: The patch group.
        account: Account, if known.
        region: Region, if known.
        operating_system: Operating system of the baseline.
        baseline: The baseline that the group is registered on.
        install_windows: The windows that patch the group.
        scan_windows: The windows that only scan it.
        unknown_windows: Why it is not known whether further windows patch the group, or None.
        location: Location of the baseline.
    """

    patch_group: str
    account: Maybe[str]
    region: Maybe[str]
    operating_system: OperatingSystem
    baseline: PatchBaselineRecord
    install_windows: tuple[WindowRecord, ...] = ()
    scan_windows: tuple[WindowRecord, ...] = ()
    unknown_windows: Unknown | None = None
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnregisteredGroup:
    """A patch group that windows patch and no baseline registers.

    Attributes:
        patch_group: The patch group.
        location: Location of one of the windows.
    """

    patch_group: str
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class RingPlan:
    """One ring of a rollout over all accounts and Regions.

    Attributes:
        name: Name of the ring.
        order: Place of the ring; a ring with a lower number is patched earlier.
        production: Whether it is production.
        soak_hours: Declared soak after this ring, or None.
        groups: Names of its patch groups.
        members: Its nodes.
        unregistered: Those of its patch groups for which no baseline is known.
        promised: Whether the order is promised (by our constructs' marks), or only asked about (`--rings`).
        rollout: Name of the rollout; rings of different rollouts are not compared.
        promises: How soon the templates promise that patches are installed.
    """

    name: str
    order: int
    production: bool = False
    soak_hours: int | None = None
    groups: tuple[str, ...] = ()
    members: tuple[RingMember, ...] = ()
    unregistered: tuple[UnregisteredGroup, ...] = ()
    promised: bool = False
    rollout: str = ""
    promises: tuple[Promise, ...] = ()
