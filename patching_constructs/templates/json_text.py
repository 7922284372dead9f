"""JSON with line numbers, at the speed of the standard library's decoder."""

import json
import re

_SPACE = re.compile(r"[ \t\n\r]*")


def parse_json(text: str) -> tuple[object, dict[str, dict[str, int]]] | None:
    """Return the data and the lines of the entries of its sections, or None if the text is not JSON."""
    try:
        return _Parser(text.removeprefix("\ufeff")).parse()
    except ValueError:
        return None


class _Parser:
    """Walks the two upper levels of a mapping itself and leaves what is below to the decoder."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.decoder = json.JSONDecoder()
        self.counted_to = 0
        self.line = 1

    def parse(self) -> tuple[object, dict[str, dict[str, int]]]:
        sections: dict[str, object] = {}
        lines: dict[str, dict[str, int]] = {}
        index = self._skip(0)
        if self.text[index : index + 1] != "{":
            raise ValueError
        index += 1
        while (found := self._key(index)) is not None:
            name, _, index = found
            if self.text[index : index + 1] == "{":
                sections[name], lines[name], index = self._entries(index)
            else:
                sections[name], index = self.decoder.raw_decode(self.text, index)
            index = self._after_value(index)
        self._expect_end(index)
        return sections, lines

    def _entries(self, index: int) -> tuple[dict[str, object], dict[str, int], int]:
        entries: dict[str, object] = {}
        lines: dict[str, int] = {}
        index += 1
        while (found := self._key(index)) is not None:
            name, lines[found[0]], index = found
            entries[name], index = self.decoder.raw_decode(self.text, index)
            index = self._after_value(index)
        return entries, lines, self._skip(index) + 1

    def _key(self, index: int) -> tuple[str, int, int] | None:
        """Return the next key, its line and where its value starts, or None at the end of the mapping."""
        index = self._skip(index)
        if self.text[index : index + 1] == "}":
            return None
        self.line += self.text.count("\n", self.counted_to, index)
        self.counted_to = index
        name, index = self.decoder.raw_decode(self.text, index)
        index = self._skip(index)
        if not isinstance(name, str) or self.text[index : index + 1] != ":":
            raise ValueError
        return name, self.line, self._skip(index + 1)

    def _after_value(self, index: int) -> int:
        index = self._skip(index)
        if self.text[index : index + 1] == ",":
            return index + 1
        if self.text[index : index + 1] == "}":
            return index
        raise ValueError

    def _expect_end(self, index: int) -> None:
        if self.text[self._skip(self._skip(index) + 1) :]:
            raise ValueError

    def _skip(self, index: int) -> int:
        match = _SPACE.match(self.text, index)
        return index if match is None else match.end()
