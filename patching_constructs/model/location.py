"""Where a record came from."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """Where a record or a finding comes from.

    Attributes:
        construct_path: Path of the construct, or None outside a construct tree.
        file: Template or configuration file, or None.
        line: Line in `file`, from 1, or None.
        logical_id: Logical id in the template, or None.
    """

    construct_path: str | None = None
    file: str | None = None
    line: int | None = None
    logical_id: str | None = None

    def __str__(self) -> str:
        """Render the way an editor or a terminal links it: `file:line`, then id or construct path."""
        place = self.file or ""
        if self.file and self.line is not None:
            place = f"{self.file}:{self.line}"
        return " ".join(part for part in (place, self.logical_id, self.construct_path) if part)
