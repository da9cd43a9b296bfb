"""Finds the encoding of a text file: UTF-8 and UTF-16 by their marks, GB18030 against Latin by the shape of bytes."""

import codecs
import re
from typing import BinaryIO, Final

from charset_normalizer import from_bytes
from django.utils.translation import gettext_lazy as _

from guiju.records.gate.limits import MIB, SAMPLE, Unreadable

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SECOND_OPINIONS: Final = ("cp1252", "cp1250", "cp1251", "big5", "shift_jis", "euc_jp", "euc_kr")
CHINESE: Final = "gb18030"
WESTERN: Final = "cp1252"
ALWAYS: Final = "latin-1"
MOST_DAMAGE = 0.02
FEWEST_HAN = 0.6
MOST_KANA = 0.1
MOSTLY = 0.3

_RUN = re.compile(rb"[\x80-\xff]+")
_COMMON_HAN = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")
_RARE_HAN = re.compile(rb"[\xd8-\xf7][\xa1-\xfe]")
_SIGNS = re.compile(rb"[\xa1-\xa3][\xa1-\xfe]")
_KANA = re.compile(rb"[\xa4\xa5][\xa1-\xf6]")


def detect(file: BinaryIO) -> str:
    """Return the encoding of the whole of ``file``; raises Unreadable for bytes that are no text."""
    file.seek(0)
    sample = file.read(SAMPLE)
    for mark, encoding in MARKS:
        if sample.startswith(mark):
            return encoding
    wide = _unmarked_utf16(sample)
    if wide:
        return wide
    if b"\0" in sample:
        raise Unreadable
    if decodes(file, "utf-8"):
        return "utf-8"
    _refuse_damaged(sample)
    ranked = [_best_guess(sample), WESTERN]
    return next((encoding for encoding in ranked if decodes(file, encoding)), ALWAYS)


def decodes(file: BinaryIO, encoding: str) -> bool:
    """Say whether all of ``file`` is text in ``encoding``, reading it in pieces."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    file.seek(0)
    try:
        while piece := file.read(MIB):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _unmarked_utf16(sample: bytes) -> str:
    half = len(sample) // 2 or 1
    if sample[1::2].count(0) > MOSTLY * half and not sample[0::2].count(0):
        return "utf-16-le"
    if sample[0::2].count(0) > MOSTLY * half and not sample[1::2].count(0):
        return "utf-16-be"
    return ""


def _refuse_damaged(sample: bytes) -> None:
    """Refuse UTF-8 with a few broken bytes: any other reading would turn all its letters into rubbish."""
    text = sample.decode("utf-8", "replace")
    foreign = sum(not sign.isascii() for sign in text)
    broken = text.count("\ufffd") - 1
    if broken <= MOST_DAMAGE * foreign and foreign > 1 / MOST_DAMAGE:
        raise Unreadable(
            _("This file is UTF-8 text with damaged bytes."),
            remedy=_("Export it again from its source; do not cut it with tools that count bytes."),
        )


def _best_guess(sample: bytes) -> str:
    if _looks_chinese(sample):
        return CHINESE
    found = from_bytes(sample[: 64 * 1024], cp_isolation=[*SECOND_OPINIONS, CHINESE]).best()
    return found.encoding if found else WESTERN


def _looks_chinese(sample: bytes) -> bool:
    """Say whether the bytes above ASCII come in the pairs of common Chinese characters.

    A Latin letter with an accent stands alone between ASCII letters, so its runs are odd and short; Japanese (EUC)
    shows itself by kana, which share the rows of GB 2312 that Chinese text hardly uses.
    """
    signs = kana = han = total = 0
    for run in _RUN.findall(sample):
        if len(run) % 2:
            total += len(run)
            continue
        total += len(run)
        for start in range(0, len(run), 2):
            pair = run[start : start + 2]
            han += 2 * bool(_COMMON_HAN.match(pair) or _RARE_HAN.match(pair))
            signs += 2 * bool(_SIGNS.match(pair))
            kana += 2 * bool(_KANA.match(pair))
    return bool(total) and han + signs > FEWEST_HAN * total and kana < MOST_KANA * total and han > 0
