"""Text of other accounts, made harmless for whatever shows it: one line, of bounded length, without links."""

import re
import unicodedata

_WORD = re.compile(r"[\w.:/@+=#()\[\]-]+")
# Host names that are never public, such as `ip-10-0-0-1.eu-central-1.compute.internal`.
# https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en
# https://www.rfc-editor.org/rfc/rfc6762#section-3
_HOST_OF_NO_ONE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:internal|local)", re.ASCII)
_SCHEME = re.compile(r"(?i):?//+|\b(?:mailto|tel|sms|callto|file|data|javascript):")
# A dot before a letter, in all forms that host names may have.
# https://www.unicode.org/reports/tr46/#Notation
_DOT = re.compile(r"[.\u3002\uff0e\uff61](?=[^\W\d_])")
# Characters that make links, mentions and code in a chat, and similar ones that make nothing.
_MARKS = str.maketrans({"<": "\u2039", ">": "\u203a", "`": "'"})


def one_line(text: str, limit: int) -> str:
    """Return a text as one line of printable characters, cut to `limit` characters."""
    # Line breaks and control characters in a name could forge lines of the message.
    normal = unicodedata.normalize("NFC", text)
    return cut(" ".join("".join(each if each.isprintable() else " " for each in normal).split()), limit)


def cut(text: str, limit: int) -> str:
    """Return a text cut to `limit` characters."""
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def name(text: str, limit: int) -> str:
    """Return a name so that it cannot be taken for a part of the sentence around it.

    A name of one word is returned as it is; any other is in quotes, and has none inside.
    """
    line = one_line(text, limit)
    # Quotes inside become apostrophes, so that a name cannot end its own quotation.
    return line if is_word(line) else '"{}"'.format(line.replace('"', "'"))


def is_word(text: str) -> bool:
    """Return whether a text is one word."""
    return _WORD.fullmatch(text) is not None


def without_links(text: str) -> str:
    """Return a text in which mail programs and chats find no address to link.

    Their punctuation is put in brackets, as security advisories do: `https[://]evil[.]example`.
    """
    return " ".join(_without_link(word) for word in text.split(" "))


def _without_link(word: str) -> str:
    if _HOST_OF_NO_ONE.fullmatch(word.strip("\"'(),;:")):
        return word
    return _DOT.sub("[.]", _SCHEME.sub(r"[\g<0>]", word))


def without_marks(text: str) -> str:
    """Return a text that a chat shows as it is: without links, mentions, and code."""
    return without_links(text).translate(_MARKS).replace("](", "] (")
