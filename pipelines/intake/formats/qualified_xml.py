"""XML of many vocabularies, streamed past with names that do not depend on a file's prefixes.

Belongs here: names of elements and attributes as ``prefix:name`` of our own prefixes.
Does not belong here: what the elements mean (``ods``, ``docx``).
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from xml.parsers import expat

from pipelines.intake.sheet_scan import refuse_doctype

_CHUNK = 1 << 20
_GAP = "\n"  # cannot stand in a namespace


def stream_qualified(
    archive: zipfile.ZipFile,
    member: str,
    prefixes: Mapping[str, str],
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    """Parse a member chunk by chunk.

    Args:
        archive: The file.
        member: Its part.
        prefixes: Namespace → our prefix; names of other namespaces come with the prefix ``x``.
        start: Takes an element's name and attributes.
        end: Takes an element's name.
        characters: Takes text.

    Raises:
        UnreadableWorkbook: The member declares a document type, the door of entity bombs.
    """
    known: dict[str, str] = {}

    def short(name: str) -> str:
        space, _, local = name.rpartition(_GAP)
        given = f"{prefixes.get(space, 'x')}:{local}" if space else local
        known[name] = given
        return given

    parser = expat.ParserCreate(namespace_separator=_GAP)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = lambda name, attributes: start(
        known.get(name) or short(name),
        {known.get(key) or short(key): value for key, value in attributes.items()},
    )
    parser.EndElementHandler = lambda name: end(known.get(name) or short(name))
    parser.CharacterDataHandler = characters
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
