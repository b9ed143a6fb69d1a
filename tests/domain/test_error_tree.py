"""The tree of errors: each has its exit code, carries facts, and says no sentence."""

from pathlib import Path

import pytest

from perisai_cli.domain import errors
from perisai_cli.domain.errors import (
    EXIT_CODES,
    InvalidInput,
    PerisaiError,
    Problem,
    plain_name,
)

CODES = {
    errors.PerisaiError: 1,
    errors.InvalidInput: 2,
    errors.NoRuleInForce: 4,
    errors.TryLater: 5,
    errors.SignInAgain: 6,
    errors.SomethingInTheWay: 7,
    errors.DiskTrouble: 8,
    errors.NoStore: 10,
    errors.StoreLocked: 11,
    errors.WrongPassphrase: 12,
    errors.StoreUnusable: 13,
}


@pytest.mark.parametrize(("kind", "code"), list(CODES.items()))
def test_each_error_has_its_exit_code_and_a_code_of_its_own(
    kind: type[PerisaiError], code: int
) -> None:
    assert kind.exit_code == code
    assert code in EXIT_CODES
    error = kind()
    assert error.code == str(error) == kind.default_code
    assert error.problems == (Problem(kind.default_code),)


def test_no_error_of_the_tree_is_missing_from_this_page() -> None:
    found = {
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, PerisaiError)
    }
    assert found == set(CODES)
    assert len({kind.default_code for kind in CODES}) == len(CODES)


def test_the_table_of_exit_codes_is_the_contracts() -> None:
    assert EXIT_CODES == (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 70, 130)
    named = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert named - {EXIT_CODES} == set(EXIT_CODES)


def test_an_error_carries_a_place_and_facts() -> None:
    error = InvalidInput("tier.value", field="/tier", low=1, high=33)
    assert error.problems == (Problem("tier.value", "/tier", {"low": 1, "high": 33}),)


def test_many_problems_travel_as_one_error() -> None:
    problems = (Problem("nik.length", "/nik"), Problem("name.missing", "/name"))
    error = InvalidInput.of(problems)
    assert (error.code, error.problems, error.exit_code) == ("nik.length", problems, 2)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("perisai-weekly-merged-2026-W48.xlsx", "perisai-weekly-merged-2026-W48.xlsx"),
        ("5171016311877351.html", "….html"),
        ("Ni Luh 5171.0163.1187.7351 kartu.pdf", "Ni Luh … kartu.pdf"),
        ("081234567890", "…"),
        ("a\x1b[31m\nb.csv", "a?[31m?b.csv"),
        ("/", "/"),
    ],
)
def test_the_name_of_a_file_tells_no_number_of_a_person_and_moves_no_cursor(
    name: str, shown: str
) -> None:
    assert plain_name(Path(name)) == shown
