"""The one thing that reading raises."""

from patching_constructs.errors import PatchingError
from patching_constructs.model.location import Location


class ReadingError(PatchingError):
    """A file that is neither a template nor a cloud assembly.

    Attributes:
        location: The file, and the line if there is one.
    """

    def __init__(self, message: str, *, location: Location) -> None:
        self.location = location
        super().__init__(f"{location}: {message}")
