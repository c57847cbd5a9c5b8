"""The JSON reader against JSONTestSuite: every y_ file is accepted, every n_ file refused, every i_ file as written here."""
import tarfile
from pathlib import Path

import pytest

core = pytest.importorskip("pynews._core")
SUITES = Path(__file__).parents[2] / ".." / "shared" / "data" / "test_suites.tar.xz"

# What RFC 8259 leaves to the reader.  Numbers of any size are text to us; half surrogates, bytes that are not UTF-8
# and a byte order mark inside a value are mistakes; 500 levels are within our depth.
VERDICTS = {
    "i_number_double_huge_neg_exp.json": True,
    "i_number_huge_exp.json": True,
    "i_number_neg_int_huge_exp.json": True,
    "i_number_pos_double_huge_exp.json": True,
    "i_number_real_neg_overflow.json": True,
    "i_number_real_pos_overflow.json": True,
    "i_number_real_underflow.json": True,
    "i_number_too_big_neg_int.json": True,
    "i_number_too_big_pos_int.json": True,
    "i_number_very_big_negative_int.json": True,
    "i_object_key_lone_2nd_surrogate.json": False,
    "i_string_1st_surrogate_but_2nd_missing.json": False,
    "i_string_1st_valid_surrogate_2nd_invalid.json": False,
    "i_string_UTF-16LE_with_BOM.json": False,
    "i_string_UTF-8_invalid_sequence.json": False,
    "i_string_UTF8_surrogate_U+D800.json": False,
    "i_string_incomplete_surrogate_and_escape_valid.json": False,
    "i_string_incomplete_surrogate_pair.json": False,
    "i_string_incomplete_surrogates_escape_valid.json": False,
    "i_string_invalid_lonely_surrogate.json": False,
    "i_string_invalid_surrogate.json": False,
    "i_string_invalid_utf-8.json": False,
    "i_string_inverted_surrogates_U+1D11E.json": False,
    "i_string_iso_latin_1.json": False,
    "i_string_lone_second_surrogate.json": False,
    "i_string_lone_utf8_continuation_byte.json": False,
    "i_string_not_in_unicode_range.json": False,
    "i_string_overlong_sequence_2_bytes.json": False,
    "i_string_overlong_sequence_6_bytes.json": False,
    "i_string_overlong_sequence_6_bytes_null.json": False,
    "i_string_truncated-utf-8.json": False,
    "i_string_utf16BE_no_BOM.json": False,
    "i_string_utf16LE_no_BOM.json": False,
    "i_structure_500_nested_arrays.json": True,
    "i_structure_UTF-8_BOM_empty_object.json": False,
}


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """File name -> bytes of every parsing case."""
    if not SUITES.exists():
        pytest.skip(f"the public test suites are not at {SUITES}")
    folder = tmp_path_factory.mktemp("suite")
    with tarfile.open(SUITES) as tar:
        wanted = [m for m in tar if m.isfile() and "t-JSONTestSuite" in m.name and "test_parsing" in m.name]
        tar.extractall(folder, members=wanted, filter="data")
    return {p.name: p.read_bytes() for p in sorted(folder.rglob("*.json"))}


def wrong(cases, want):
    return [name for name, data in cases.items() if core.json_is_valid(data) is not want(name)]


def test_the_suite_is_whole(suite):
    assert len(suite) == 318


def test_every_valid_text_is_accepted(suite):
    cases = {n: d for n, d in suite.items() if n.startswith("y_")}
    assert cases and wrong(cases, lambda _: True) == []


def test_every_invalid_text_is_refused(suite):
    cases = {n: d for n, d in suite.items() if n.startswith("n_")}
    assert cases and wrong(cases, lambda _: False) == []


def test_what_the_standard_leaves_open_is_decided_as_written(suite):
    cases = {n: d for n, d in suite.items() if n.startswith("i_")}
    assert set(cases) == set(VERDICTS)
    assert wrong(cases, VERDICTS.get) == []


@pytest.mark.parametrize("depth, valid", [(1, True), (511, True), (512, True), (513, False), (100_000, False)])
def test_nesting_ends_at_512(depth, valid):
    assert core.json_is_valid(b"[" * depth + b"]" * depth) is valid
