"""Takes out of AWS's answers what says whose account they are from; what belongs together stays together."""

import datetime as dt
import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

EXAMPLE_ACCOUNTS = ("111122223333", "444455556666", "777788889999")
"""The accounts of AWS's own examples."""

_NAME_KEYS = {
    "ComputerName",
    "GroupName",
    "Hostname",
    "HostName",
    "InstanceName",
    "KeyName",
    "PrivateDnsName",
    "PublicDnsName",
    "UserName",
    "requesterName",
}
"""Members that hold a name which someone has given, or which a machine has."""

_OUR_TAGS = ("PatchGroup", "Patch Group", "patching-")
"""Tags whose values are those of this repository; what else an account puts on nodes is its own."""

_DROPPED_KEYS = {"ResponseMetadata", "NextToken", "nextToken", "userIdentity"}

_VERSION_KEYS = {"AgentVersion", "PlatformVersion", "Version", "Title", "KBId", "Release", "DocumentVersion"}
"""Members that hold versions, of which some look like addresses."""

_SENSITIVE = re.compile(
    r"""
      (?P<query>(?<=\w)\?[\w.-]*(?:Signature|Credential|Token|Expires)[^\s"']*)
    | (?P<email>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)
    | (?P<principal>\barn:aws[\w-]*:(?:iam|sts)::[0-9]{12}:(?P<kind>[\w-]+)(?:/[\w+=,.@/-]+)?)
    | (?P<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)
    | (?P<host>\b(?:(?:ip|ec2)(?:-[0-9]+){4}|(?:EC2AMAZ|WIN)-[A-Z0-9]{6,})\b(?:\.[\w-]+)*)
    | (?P<key>\b(?:AKIA|ASIA|AROA|AIDA|AIPA|ANPA)[A-Z0-9]{12,}\b)
    | (?P<mac>\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b)
    | (?P<ipv4>(?<![\w.-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.-]))
    | (?P<ipv6>(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:.]))
    | (?P<id>\b[a-z]{1,12}(?:-[a-z]{1,12})?-(?:[0-9a-f]{17}|[0-9a-f]{8})\b)
    | (?P<account>(?<![0-9a-zA-Z])[0-9]{12}(?![0-9a-zA-Z]))
    """,
    re.VERBOSE | re.IGNORECASE,
)

_REPLACEMENTS = {
    "email": "person-{}@example.com",
    "uuid": "00000000-0000-4000-8000-{:012x}",
    "host": "host-{}.example",
    "name": "example-{}",
    "tag": "example-{}",
    "mac": "02:00:00:00:00:{:02x}",
    "ipv4": "192.0.2.{}",
    "ipv6": "2001:db8::{:x}",
}
"""Addresses are those that RFC 5737 and RFC 3849 keep for documentation."""


class Sanitizer:
    """Replaces accounts, ids, names and addresses, the same by the same, so that answers refer to each other.

    Args:
        account: The account of the run, which becomes the first of AWS's examples.
        names: Texts that belong to the caller, such as the name of a role or of a profile.
    """

    def __init__(self, *, account: str, names: Iterable[str] = ()) -> None:
        self._account = account
        self._names = sorted({name for name in names if name}, key=len, reverse=True)
        self._replaced: dict[tuple[str, str], str] = {}
        self._replace("account", account)

    def clean(self, value: Any, key: str = "") -> Any:
        """Return a value without what says whose it is; times become texts."""
        if isinstance(value, Mapping):
            tag_key = value.get("Key", value.get("key"))
            is_tag = isinstance(tag_key, str) and len(value) == 2 and bool({"Value", "value"} & value.keys())
            return {
                member: self._clean_tag(tag_key, inner)
                if is_tag and member in {"Value", "value"}
                else self.clean(inner, member)
                for member, inner in value.items()
                if member not in _DROPPED_KEYS
            }
        if isinstance(value, list | tuple):
            return [self.clean(inner, key) for inner in value]
        if isinstance(value, dt.datetime):
            return value.isoformat()
        if not isinstance(value, str) or not value:
            return value
        return self._replace("name", value) if key in _NAME_KEYS else self._clean_text(value, key)

    def leaks(self, text: str) -> list[str]:
        """Return what of the caller, or of what has been replaced elsewhere, a text still has as a word.

        The account counts inside words too.
        """
        new = set(self._replaced.values())
        originals = [found for kind, found in self._replaced if kind != "tag" and found not in new]
        secrets = dict.fromkeys([self._account, *self._names, *originals])
        return [
            secret
            for secret in secrets
            if re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text)
            or (secret == self._account and secret in text)
        ]

    def _clean_tag(self, key: Any, value: Any) -> Any:
        if isinstance(value, str) and not str(key).startswith(_OUR_TAGS):
            return self._replace("tag", value)
        return self.clean(value)

    def _clean_text(self, text: str, key: str) -> str:
        for name in self._names:
            text = text.replace(name, self._replace("name", name))

        def replace(match: re.Match[str]) -> str:
            kind, found = str(match.lastgroup), match[0]
            if kind.startswith("ip") and (key in _VERSION_KEYS or not _is_address(found)):
                return found
            return self._replace("principal" if match["principal"] else kind, found)

        return _SENSITIVE.sub(replace, text)

    def _replace(self, kind: str, found: str) -> str:
        if (kind, found) not in self._replaced:
            number = sum(1 for other, _ in self._replaced if other == kind) + 1
            self._replaced[kind, found] = _replacement(kind, found, number)
        return self._replaced[kind, found]


def _replacement(kind: str, found: str, number: int) -> str:
    match kind:
        case "query":
            return "?..."
        case "account":
            return EXAMPLE_ACCOUNTS[min(number, len(EXAMPLE_ACCOUNTS)) - 1]
        case "principal":
            service, resource_type = found.split(":")[2], found.split(":")[5].split("/")[0]
            return f"arn:aws:{service}::{EXAMPLE_ACCOUNTS[0]}:{resource_type}/example-{number}"
        case "key":
            return f"{found[:4]}EXAMPLE{number:09d}"
        case "id":
            prefix, _, digits = found.rpartition("-")
            return f"{prefix}-{number:0{len(digits)}x}"
        case _:
            return _REPLACEMENTS[kind].format(number)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
