"""Search terms of a name: how it is written, its parts, how it is read, and its initials.

A name is indexed by ``tokens_of_name`` and asked for by ``tokens_of_query``; it matches when every token of the query
is among its tokens. Word order and accents do not matter. Pure functions.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from guiju.vault import surnames

_WORD = re.compile(r"[^\W_]+")
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_HAN}]+|[^{_HAN}]+")
_MARKS = re.compile("[\u0300-\u036f]")
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}
)
_NOT_LATIN = re.compile(r"[^a-z0-9]")

MAX_READINGS: Final = 6
MAX_INITIALS: Final = 6
MAX_PERSON: Final = 6
"""A run of more Chinese characters is no person's name; it is indexed by its pairs of characters only."""


def fold(text: str) -> str:
    """Return ``text`` without case, accents and width, its spaces collapsed."""
    if text.isascii():
        return " ".join(text.lower().split())
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = _MARKS.sub("", apart).translate(_LETTERS)
    return " ".join(unicodedata.normalize("NFC", bare).split())


def tokens_of_name(text: str) -> list[str]:
    """Return every term under which a name is found, the whole name first, none twice."""
    whole = fold(text)
    words = list(_words(whole))
    return list(dict.fromkeys(itertools.chain([whole] if whole else [], _written(whole, words), _read(words))))


def tokens_of_query(text: str) -> list[str]:
    """Return the terms that must all be among a name's tokens for it to match ``text``."""
    tokens: list[str] = []
    for word in _words(fold(text)):
        tokens += _pairs(word) if _is_han(word) and len(word) > 1 else [word]
    return list(dict.fromkeys(tokens))


def _words(folded: str) -> Iterator[str]:
    for word in _WORD.findall(folded):
        yield from _RUN.findall(word)


def _is_han(word: str) -> bool:
    return _RUN.match(word) is not None and re.match(f"[{_HAN}]", word) is not None


def _pairs(word: str) -> list[str]:
    return [word[start : start + 2] for start in range(len(word) - 1)]


def _written(whole: str, words: list[str]) -> Iterator[str]:
    latin = [word for word in words if not _is_han(word)]
    yield from latin
    for word in words:
        if _is_han(word):
            yield from _han_parts(word)
    yield from _joined(whole)
    if len(latin) > 1:
        yield "".join(latin)
        yield from ("".join(reversed(latin)),) if len(latin) == 2 else ()  # noqa: PLR2004
        yield "".join(word[0] for word in latin[:MAX_INITIALS])


def _joined(whole: str) -> Iterator[str]:
    """Give the joined form of each word with a hyphen or an apostrophe inside: ``o'brien`` as ``obrien``."""
    for word in whole.split():
        parts = _WORD.findall(word)
        if len(parts) > 1:
            yield "".join(parts)


def _han_parts(word: str) -> Iterator[str]:
    yield word
    yield from _pairs(word)
    if len(word) <= MAX_PERSON:
        yield from filter(None, _family_and_given(word))


def _family_and_given(word: str) -> tuple[str, str]:
    width = 2 if len(word) > 2 and word[:2] in surnames.TWO_CHARACTERS else 1  # noqa: PLR2004
    return word[:width], word[width:]


def _read(words: list[str]) -> Iterator[str]:
    han = [word for word in words if _is_han(word)]
    if not han or sum(map(len, han)) > MAX_PERSON:
        return
    family, given = _family_and_given("".join(han))
    for reading in readings(family, given):
        syllables = [*reading[0], *reading[1]]
        yield "".join(syllables)
        yield from syllables
        yield from ("".join(part) for part in reading if part)
        yield "".join(syllable[0] for syllable in syllables)


type Syllables = tuple[str, ...]


def readings(family: str, given: str) -> list[tuple[Syllables, Syllables]]:
    """Return how a Chinese name may be read, the usual reading first, as syllables of family and given name."""
    families: Iterable[Syllables]
    if family in surnames.TWO_CHARACTERS:
        families = itertools.product(*map(_spelt, surnames.TWO_CHARACTERS[family]))
    else:
        families = ((spelt,) for sound in _family_sounds(family) for spelt in _spelt(sound))
    givens = itertools.product(
        *(
            [spelt for sound in surnames.GIVEN.get(char) or (_usual(char),) for spelt in _spelt(sound)]
            for char in given
        )
    )
    return list(itertools.islice(itertools.product(families, givens), MAX_READINGS))


def _family_sounds(family: str) -> tuple[str, ...]:
    return surnames.READINGS.get(family) or (_usual(family),)


def _spelt(sound: str) -> tuple[str, ...]:
    """Give the ways people type ü after l and n: ``lv``, as in passports ``lyu``, and ``lu``."""
    if "v" not in sound:
        return (sound,)
    return (sound, sound.replace("v", "yu"), sound.replace("v", "u"))


@functools.lru_cache(maxsize=8192)
def _usual(char: str) -> str:
    """Return the everyday reading of one character; the cache is a table of characters, not of names."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - loads its dictionaries: a third of a second, at every start

    return _NOT_LATIN.sub("", pinyin(char, style=Style.NORMAL)[0][0]) or char
