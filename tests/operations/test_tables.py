import pytest

from operations.tables import csv_bytes, safe_cell


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_is_text(sign):
    assert safe_cell(f"{sign}1+1") == f"'{sign}1+1"


def test_the_rest_is_as_it_was():
    assert csv_bytes(("a", "b"), [("x,y", None), (-1, 'say "so"')]) == (
        b'a,b\r\n"x,y",\r\n-1,"say ""so"""\r\n'
    )
