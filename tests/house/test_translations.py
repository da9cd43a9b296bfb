"""Both languages say the same, and Chinese is set as Chinese."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

SOURCE = Path(__file__).resolve().parents[2] / "src" / "guiju"
# The gallery shows invented samples.
TEMPLATES = sorted(path for path in SOURCE.rglob("*.html") if not {"vendor", "gallery"} & set(path.parts))
GAP = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")
HAN = "\u3400-\u9fff"
# An ASCII mark beside a Chinese sign; a slash, a dot and a dash may stand there.
HALF_WIDTH = re.compile(rf"[{HAN}][,;:?!()]|[,;:?!()][{HAN}]")
LOOSE = re.compile(rf"[{HAN}] +[{HAN}]| [，。；：？！（）、]|[，。；：？！）、] ")
TIGHT = re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]")
ALIAS = re.compile(r"import \(?[^)\n]*\b(?:n?p?gettext\w*) as (?!_\b)\w+")
COMMAND = re.compile(r"(guiju|pip|unzip|tlog) ")
# Names that are the same in every language.
SAME = re.compile(r"\b(Guiju|PostgreSQL|Python|Django|SHA-256|CSV|XLSX|YAML|JSON|API|Ctrl|Tab|Esc|Enter|Bearer)\b")


def _messages() -> list[Message]:
    with (SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return [message for message in read_po(file, locale="zh_Hans") if message.id]


MESSAGES = _messages()


def _forms(text: object) -> list[str]:
    return [str(form) for form in text] if isinstance(text, list | tuple) else [str(text)]


def test_every_string_has_one_sure_translation() -> None:
    assert len(MESSAGES) > 1000
    assert [message.id for message in MESSAGES if message.fuzzy or not all(_forms(message.string))] == []


def test_the_placeholders_of_a_translation_are_those_of_its_english() -> None:
    differ = [
        (english, chinese)
        for message in MESSAGES
        for english in _forms(message.id)[-1:]
        for chinese in _forms(message.string)
        if sorted(GAP.findall(english)) != sorted(GAP.findall(chinese))
    ]
    assert differ == []


@pytest.mark.parametrize("rule", [HALF_WIDTH, LOOSE, TIGHT], ids=["full-width marks", "no stray space", "one space"])
def test_chinese_follows_one_rule_for_marks_and_spaces(rule: re.Pattern[str]) -> None:
    found = [form for message in MESSAGES for form in _forms(message.string) if rule.search(GAP.sub("“”", form))]
    assert found == []


def test_a_polite_word_is_used_throughout() -> None:
    assert [form for message in MESSAGES for form in _forms(message.string) if "你" in form] == []


def test_the_extractor_sees_every_translated_string_of_the_code() -> None:
    hidden = [
        f"{path.relative_to(SOURCE)}: {line}"
        for path in SOURCE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if ALIAS.search(line)
    ]
    assert hidden == []


class _Text(HTMLParser):
    """Collects the words of a template that no tag translates: text, and the attributes that people read."""

    READ = frozenset(
        {"title", "label", "aria-label", "placeholder", "alt", "subtitle", "note", "help", "caption", "text"}
    )

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style"}
        self.words += [value for name, value in attrs if name in self.READ and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_template_says_nothing_in_english_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{% (blocktranslate|comment)\b.*?{% end\1 %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<code.*?</code>|<kbd.*?</kbd>", "", text, flags=re.DOTALL)
    found = _Text()
    found.feed(text)
    said = [SAME.sub("", words) for words in found.words if not COMMAND.match(words.strip())]
    assert [words for words in said if re.search(r"[A-Za-z]{3,}", words)] == []
