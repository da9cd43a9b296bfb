"""Languages: BCP 47 codes from codes and from names."""

from functools import cache, lru_cache

from babel import Locale

from guiju.records.values.base import Outcome, Parsed, Value, ValueType, clean
from guiju.records.values.rules import problem
from guiju.records.values.texts import nothing

NAMED_IN = ("en", "zh", "de", "fr", "es", "pt", "it", "ja", "ko", "ru", "nl")
OWN = {
    "zh-hans": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-chs": "zh-Hans",
    "chinese": "zh-Hans",
    "simplified chinese": "zh-Hans",
    "chinese (simplified)": "zh-Hans",
    "中文": "zh-Hans",
    "汉语": "zh-Hans",
    "普通话": "zh-Hans",
    "国语": "zh-Hans",
    "简体中文": "zh-Hans",
    "zh-hant": "zh-Hant",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "traditional chinese": "zh-Hant",
    "繁体中文": "zh-Hant",
    "英文": "en",
    "日文": "ja",
    "法文": "fr",
    "德文": "de",
}
LONGEST = 40


@cache
def _names(tongue: str) -> dict[str, str]:
    names = {str(code): str(name) for code, name in Locale(tongue).languages.items()}
    return {code: name for code, name in names.items() if code.isalpha()}


@cache
def _by_name() -> dict[str, str]:
    found = dict(OWN)
    for tongue in NAMED_IN:
        for code, name in _names(tongue).items():
            found.setdefault(name.casefold(), code)
    for code in _names("en"):
        found.setdefault(code, code)
    return found


@lru_cache(maxsize=2_000)
def find(text: str) -> str:
    """Return the language code that a code or a name stands for; empty where nothing is known by it."""
    if len(text) > LONGEST:
        return ""
    folded = text.casefold().replace("_", "-")
    known = _by_name()
    return known.get(folded) or known.get(folded.partition("-")[0], "")


def parse(raw: str, region: str) -> Outcome:
    """Read a language into its code."""
    code = find(clean(raw))
    return Parsed(code) if code else problem("language-unknown")


def display(value: Value, language: str) -> str:
    """Return the language's name."""
    tongue = Locale("zh" if language.startswith("zh") else "en")
    if value in {"zh-Hans", "zh-Hant"}:
        return str(tongue.languages[str(value).replace("-", "_")])
    return str(tongue.languages.get(str(value), value))


LANGUAGE = ValueType(parse=parse, display=display, terms=nothing)
