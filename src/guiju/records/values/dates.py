"""Days of the calendar, in the ways people and spreadsheets write them."""

import re
from datetime import date, timedelta

from guiju.records.values.base import Outcome, Parsed, ValueType, clean, narrow
from guiju.records.values.rules import problem
from guiju.records.values.texts import as_is, nothing

LAST_MONTH = 12
SPREADSHEET_EPOCH = date(1899, 12, 30)
EARLIEST_YEAR = 1850
LATEST_YEAR = 2200

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\.\s?(\d{{1,2}})\.\s?(\d{{4}}){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/](\d{{1,2}})[-/](\d{{4}}){_TIME}")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")


def parse(raw: str, region: str) -> Outcome:
    """Read a day into ISO text.

    Year first in any dress, 28.2.1990 (points mean day first), 28/2/1990 where day and month cannot be confused, and
    the day numbers of spreadsheets with a warning. 3/4/1990 is ambiguous and refused, except where ``region`` is the
    United States, which writes the month first.
    """
    text = clean(narrow(raw))
    if _SERIAL.fullmatch(text):
        day = SPREADSHEET_EPOCH + timedelta(days=int(text[:5]))
        return Parsed(day.isoformat(), (problem("date-serial"),))
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(text):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(int(match[1]), int(match[2]), int(match[3]), region)
    return problem("date-form")


def _year_last(first: int, second: int, year: int, region: str) -> Outcome:
    if region == "US" or second > LAST_MONTH:
        return _day(year, first, second)
    if first > LAST_MONTH or first == second:
        return _day(year, second, first)
    return problem("date-ambiguous")


def _day(year: int, month: int, day: int) -> Outcome:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return problem("date-form")
    try:
        return Parsed(date(year, month, day).isoformat())
    except ValueError:
        return problem("date-form")


DATE = ValueType(parse=parse, display=as_is, terms=nothing)
