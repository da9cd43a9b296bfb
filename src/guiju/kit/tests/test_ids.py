import pytest

from guiju.kit.ids import parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("42", 42),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("9" * 5_000, None),
        ("", None),
        ("-1", None),
        ("²", None),
        ("四", None),
        ("٤٢", None),
    ],
)
def test_a_number_is_read_where_a_row_can_have_it(text: str, number: int | None) -> None:
    assert parse_number(text) == number
