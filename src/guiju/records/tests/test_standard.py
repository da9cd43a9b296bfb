import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import translation

from guiju.access.fields import FieldClass
from guiju.records import standard
from guiju.records.standard import BrokenStandard, Kind

NAME = "mine.yaml"


@pytest.fixture
def content() -> dict[str, Any]:
    file = Path(standard.__file__).parent / "standards" / "general.yaml"
    found: dict[str, Any] = copy.deepcopy(yaml.safe_load(file.read_text("utf-8")))
    return found


def test_the_general_standard_keeps_nothing_without_a_purpose_and_a_retention_class() -> None:
    general = standard.load()
    for spec in general.fields.values():
        assert general.purposes_of(spec.key)
        assert spec.retention in general.retention_classes


def test_a_mapping_path_calls_both_names_by_the_same_part() -> None:
    general = standard.load()
    person, organisation = general.part(Kind.PERSON, "name"), general.part(Kind.ORGANISATION, "name")
    assert person is not None
    assert organisation is not None
    assert (person.key, organisation.key) == ("person-name", "organisation-name")
    assert general.part(Kind.PERSON, "uscc") is None


def test_people_have_no_public_field() -> None:
    classes = {spec.field_class for spec in standard.load().fields_of(Kind.PERSON)}
    assert FieldClass.PUBLIC not in classes


def test_the_policy_learns_which_masks_hide_something() -> None:
    fields = {one.key: one for one in standard.load().protected_fields()}
    assert fields["resident-id"].masked
    assert fields["resident-id"].purposes == {"due-diligence"}
    assert not fields["person-name"].masked


def test_a_reader_gets_labels_in_their_language() -> None:
    label = standard.load().field("phones").label
    with translation.override("zh-hans"):
        assert str(label) == "电话"
    with translation.override("en"):
        assert str(label) == "Phone numbers"


def test_the_same_rules_give_the_same_hash_and_any_change_another(content: dict[str, Any]) -> None:
    first = standard.parse(content, name=NAME)
    assert first.content_hash == standard.load().content_hash
    content["fields"][3]["required"] = not content["fields"][3].get("required", False)
    assert standard.parse(content, name=NAME).content_hash != first.content_hash


def test_a_standard_travels_to_another_process() -> None:
    general = standard.load()
    assert pickle.loads(pickle.dumps(general)) == general


def _set(key: str, /, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        next(entry for entry in content["fields"] if entry["key"] == key).update(changes)

    return change


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        (_set("phones", purposes=["curiosity"]), "phones", "unknown-purpose"),
        (_set("phones", retention="forever"), "phones", "unknown-retention-class"),
        (_set("phones", field_class="public"), "phones", "public-person"),
        (_set("passport", mask="none"), "passport", "unmasked-sensitive"),
        (_set("wechat", unique=True), "wechat", "unique-unsearchable"),
        (_set("uscc", scheme=None), "uscc", "identifier-without-scheme"),
        (_set("preferred-channel", choices=[]), "preferred-channel", "choice-without-choices"),
        (_set("pinyin", derived_from="nothing"), "pinyin", "derived-from-nothing"),
        (_set("wechat", key="phones"), "phones", "double-key"),
        (_set("wechat", key="source"), "source", "double-key"),
        (_set("wechat", part="phones"), "wechat", "double-part"),
        (_set("wechat", purposes=[]), "wechat.purposes", "too-short"),
        (_set("wechat", type="colour"), "wechat.type", "literal-error"),
        (_set("wechat", colour="red"), "wechat.colour", "extra-forbidden"),
    ],
)
def test_a_wrong_standard_is_refused_by_file_field_and_rule(
    content: dict[str, Any], change: Callable[[dict[str, Any]], None], field: str, rule: str
) -> None:
    change(content)
    with pytest.raises(BrokenStandard) as caught:
        standard.parse(content, name=NAME)
    assert (f"{NAME}: {field}", rule) in [(one.field, one.rule) for one in caught.value.problems]


def test_a_file_that_is_not_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.write_text("fields:\n  - key: [\n", "utf-8")
    with pytest.raises(BrokenStandard) as caught:
        standard.read(file)
    assert caught.value.problems[0].field.startswith(f"{NAME}:")


def test_a_file_that_holds_no_standard_is_refused() -> None:
    with pytest.raises(BrokenStandard) as caught:
        standard.parse(["phones"], name=NAME)
    assert caught.value.problems[0].field == f"{NAME}: file"
