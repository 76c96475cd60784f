"""
Canonical N-Quads or N-Triples lines, sorted, as one text: looked into without making terms of them.

    text  ->  some of its lines, the days that it names, the text without some things
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode


def beginning(text: bytes, prefix: bytes) -> Iterator[bytes]:
    """The lines that begin so, of a sorted text: found by halving."""
    low, high = 0, len(text)
    while low < high:
        middle = text.rfind(b"\n", 0, (low + high) // 2) + 1
        if middle < low:
            middle = low
        end = text.find(b"\n", middle)
        if text[middle:end] < prefix:
            low = end + 1
        else:
            high = middle
    while low < len(text) and text.startswith(prefix, low):
        end = text.find(b"\n", low)
        yield text[low:end]
        low = end + 1


def without(text: bytes, subjects: set[bytes]) -> bytes:
    """A sorted text without the lines that begin so."""
    kept, done = [], 0
    for subject in sorted(subjects):
        start = 0 if text.startswith(subject) else text.find(b"\n" + subject, max(0, done - 1)) + 1
        end = start
        while text.startswith(subject, end):
            end = text.find(b"\n", end) + 1
        kept.append(text[done:start])
        done = end
    return b"".join([*kept, text[done:]]) if kept else text


def days(text: bytes, one: NamedNode) -> list[tuple[bytes, bytes]]:
    """The values of a property that has days as values, each with how the lines of its subject begin."""
    written, found = f' {one} "'.encode(), []
    at = text.find(written)
    while at >= 0:
        subject, value = text[text.rfind(b"\n", 0, at) + 1 : at + 1], at + len(written)
        if subject.count(b" ") == 1:  # else it is part of an object
            found.append((text[value : text.find(b'"', value)], subject))
        at = text.find(written, value)
    return found


def has_property(text: bytes, one: NamedNode) -> bool:
    """Whether a line may have this property: false where none has."""
    written = f" {one} ".encode()
    at = text.find(written)
    while at >= 0 and text.startswith(b".", at + len(written)):  # an object
        at = text.find(written, at + 1)
    return at >= 0


def apart(text: bytes, word: bytes) -> tuple[bytes, bytes]:
    """The lines without a word, and those with it."""
    plain, labelled, done = [], [], 0
    at = text.find(word)
    while at >= 0:
        start = text.rfind(b"\n", 0, at) + 1
        end = text.find(b"\n", at) + 1 or len(text)
        plain.append(text[done:start])
        labelled.append(text[start:end])
        done = end
        at = text.find(word, done)
    return (b"".join([*plain, text[done:]]), b"".join(labelled)) if labelled else (text, b"")
