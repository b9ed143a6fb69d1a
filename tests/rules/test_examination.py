"""A worker's JSON: what passes, what each fault is called and where it lies, what is warned of."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from worker_examples import EXAMPLE, GONE, NOW, TODAY, changed

from perisai_cli.domain.enrolment import read_worker
from perisai_cli.domain.period import Month
from perisai_cli.domain.terms import PAYERS
from perisai_cli.rules.eligibility import Examination, age_problems, examine
from perisai_cli.rules.law import load_law

LAW = load_law()
NAME_OF_61 = "A" * 61


def examined(worker: dict[str, Any], today: date = TODAY) -> Examination:
    return examine(worker, today, NOW, LAW)


def faults_of(worker: dict[str, Any], today: date = TODAY) -> set[tuple[str, str | None]]:
    return {(fault.code, fault.field) for fault in examined(worker, today).faults}


def warnings_of(worker: dict[str, Any], today: date = TODAY) -> set[str]:
    found = examined(worker, today)
    assert found.faults == ()
    return {warning.code for warning in found.warnings}


def test_the_example_of_the_contract_passes_with_the_warnings_it_deserves() -> None:
    found = examined(EXAMPLE)
    assert found.faults == ()
    assert {warning.code for warning in found.warnings} == {
        "price.changes",  # December 2026 has the relief, January 2027 has not
        "doubt.annex_not_read",
    }
    assert found.worker is not None
    assert found.quote is not None
    assert (found.quote.tier, found.quote.base) == (4, 1_600_000)
    assert found.quote.by("month") == {"2026-12": 11_400, "2027-01": 22_800, "2027-02": 22_800}


def test_the_example_is_normalised() -> None:
    worker = examined(EXAMPLE).worker
    assert worker is not None
    assert worker.phone == "+6281234567890"
    assert worker.birth_date == date(1990, 8, 17)
    assert (worker.start, worker.months, worker.region) == (Month(2026, 12), 3, "5171")
    assert worker.consent.at == worker.attestation.at == "2026-11-22T03:04:05Z"


def test_what_is_normalised_stays_as_it_is() -> None:
    worker = examined(EXAMPLE).worker
    assert worker is not None
    again = examine(worker.as_json(), TODAY, datetime(2030, 1, 1, tzinfo=UTC), LAW).worker
    assert again == worker
    assert again.as_json() == worker.as_json()


def test_nothing_empty_is_sent() -> None:
    worker = examined(changed(email=None, heirs=[], children=[], address__rt=None)).worker
    assert worker is not None
    body = worker.as_json()
    assert not {"email", "heirs", "children", "tier"} & set(body)
    assert "rt" not in body["address"]
    assert body["attestation"]["critically_ill"] is False
    assert body["owner"] is False


FAULTS = [
    ({"nik": GONE}, "nik.missing", "/nik"),
    ({"nik": ""}, "nik.missing", "/nik"),
    ({"nik": "  "}, "nik.missing", "/nik"),
    ({"nik": 5171015708900001}, "nik.format", "/nik"),
    ({"nik": "517101570890001"}, "nik.length", "/nik"),
    ({"nik": "51710157089000011"}, "nik.length", "/nik"),
    ({"nik": "5171O15708900001"}, "nik.characters", "/nik"),
    ({"nik": "５１７１０１５７０８９００００１"}, "nik.characters", "/nik"),
    ({"nik": "5171013208900001"}, "nik.date", "/nik"),
    ({"nik": "5171015708900000"}, "nik.serial", "/nik"),
    ({"nik": "5171005708900001"}, "nik.region", "/nik"),
    ({"name": GONE}, "name.missing", "/name"),
    ({"name": "   "}, "name.missing", "/name"),
    ({"name": ["Ni Luh"]}, "name.format", "/name"),
    ({"name": "Ni\u0000Luh"}, "name.format", "/name"),
    ({"name": "Ni\ud800Luh"}, "name.format", "/name"),
    ({"name": NAME_OF_61}, "name.length", "/name"),
    ({"birth_place": NAME_OF_61}, "birth_place.length", "/birth_place"),
    ({"birth_date": GONE}, "birth_date.missing", "/birth_date"),
    ({"birth_date": "17-08-1990"}, "birth_date.format", "/birth_date"),
    ({"birth_date": "1990-02-30"}, "birth_date.format", "/birth_date"),
    ({"birth_date": "2026-11-23"}, "birth_date.format", "/birth_date"),
    ({"birth_date": 19900817}, "birth_date.format", "/birth_date"),
    ({"birth_date": "1961-11-22"}, "age.too_old", "/birth_date"),
    ({"birth_date": "2011-11-23"}, "age.too_young", "/birth_date"),
    ({"sex": GONE}, "sex.missing", "/sex"),
    ({"sex": "P"}, "sex.unknown", "/sex"),
    ({"sex": ["F"]}, "sex.unknown", "/sex"),
    ({"phone": "O81234567890"}, "phone.letter", "/phone"),
    ({"phone": "081234567890/081234567891"}, "phone.several", "/phone"),
    ({"phone": "0361234567"}, "phone.format", "/phone"),
    ({"phone": 81234567890}, "phone.format", "/phone"),
    ({"phone": GONE, "address": GONE}, "contact.missing", "/phone"),
    ({"phone": "  ", "address": None}, "contact.missing", "/phone"),
    ({"email": "sari"}, "email.format", "/email"),
    ({"email": "sari@desa"}, "email.format", "/email"),
    ({"email": "a@b@c.id"}, "email.format", "/email"),
    ({"address": "Jl. Segara 3"}, "address.format", "/address"),
    ({"address": {}}, "address.text.missing", "/address/text"),
    ({"address__text": "x" * 201}, "address.text.length", "/address/text"),
    ({"address__region": "999999"}, "region.unknown", "/address/region"),
    ({"address__region": "51710"}, "region.unknown", "/address/region"),
    ({"address__region": "Bali"}, "region.unknown", "/address/region"),
    ({"address__region": 517101}, "region.format", "/address/region"),
    ({"address__rt": "0003"}, "address.rt.length", "/address/rt"),
    ({"address__rw": 5}, "address.rw.format", "/address/rw"),
    ({"address__village": NAME_OF_61}, "address.village.length", "/address/village"),
    ({"occupations": GONE}, "occupations.missing", "/occupations"),
    ({"occupations": []}, "occupations.missing", "/occupations"),
    ({"occupations": "trader"}, "occupations.format", "/occupations"),
    ({"occupations": ["trader"]}, "occupations.format", "/occupations"),
    ({"occupations": [{"code": "trader"}] * 3}, "occupations.too_many", "/occupations"),
    ({"occupations__0__code": "astronaut"}, "occupation.unknown", "/occupations/0/code"),
    ({"occupations__0__code": GONE}, "occupation.missing", "/occupations/0/code"),
    (
        {"occupations": [{"code": "trader"}, {"code": 3}]},
        "occupation.unknown",
        "/occupations/1/code",
    ),
    ({"occupations__0__place": NAME_OF_61}, "occupation.place.length", "/occupations/0/place"),
    ({"sector": "sea"}, "sector.unknown", "/sector"),
    ({"income": GONE}, "income.missing", "/income"),
    ({"income": None}, "income.missing", "/income"),
    ({"income": 0}, "income.value", "/income"),
    ({"income": -1500000}, "income.value", "/income"),
    ({"income": 1500000.5}, "income.value", "/income"),
    ({"income": 1500000.0}, "income.value", "/income"),
    ({"income": "1500000"}, "income.value", "/income"),
    ({"income": True}, "income.value", "/income"),
    ({"income": 10**12 + 1}, "income.value", "/income"),
    ({"tier": 0}, "tier.value", "/tier"),
    ({"tier": 34}, "tier.value", "/tier"),
    ({"tier": "4"}, "tier.value", "/tier"),
    ({"programs": GONE}, "programs.missing", "/programs"),
    ({"programs": None}, "programs.missing", "/programs"),
    ({"programs": []}, "programs.missing", "/programs"),
    ({"programs": "jkk,jkm"}, "programs.missing", "/programs"),
    ({"programs": ["jkk"]}, "programs.jkk_and_jkm", "/programs"),
    ({"programs": ["jkm"]}, "programs.jkk_and_jkm", "/programs"),
    ({"programs": ["jht"]}, "programs.jkk_and_jkm", "/programs"),
    ({"programs": ["jkk", "jht"]}, "programs.jkk_and_jkm", "/programs"),
    ({"programs": ["jkk", "jkm", "jp"]}, "programs.unknown", "/programs/2"),
    ({"programs": ["jkk", ["jkm"]]}, "programs.unknown", "/programs/1"),
    ({"payer": "uncle"}, "payer.unknown", "/payer"),
    ({"payer": 1}, "payer.unknown", "/payer"),
    ({"owner": "no"}, "owner.format", "/owner"),
    ({"owner": 0}, "owner.format", "/owner"),
    ({"start": "2026-13"}, "start.format", "/start"),
    ({"start": "2026-12-01"}, "start.format", "/start"),
    ({"start": 202612}, "start.format", "/start"),
    ({"start": "9999-12"}, "start.format", "/start"),
    ({"start": "2015-06"}, "rule.not_in_force", "/start"),
    ({"months": 0}, "months.value", "/months"),
    ({"months": 61}, "months.value", "/months"),
    ({"months": 1.0}, "months.value", "/months"),
    ({"heirs": "I Made Ardi"}, "heirs.format", "/heirs"),
    ({"heirs": False}, "heirs.format", "/heirs"),
    ({"heirs": [{"name": "A", "relationship": "child"}] * 11}, "heirs.too_many", "/heirs"),
    ({"heirs__0__name": GONE}, "heir.name.missing", "/heirs/0/name"),
    ({"heirs__0__relationship": GONE}, "heir.relationship.missing", "/heirs/0/relationship"),
    ({"heirs__0__relationship": "boss"}, "heir.relationship.unknown", "/heirs/0/relationship"),
    ({"children": {"name": "Putu"}}, "children.format", "/children"),
    ({"children__0__name": ""}, "child.name.missing", "/children/0/name"),
    ({"children__0__birth_date": GONE}, "child.birth_date.missing", "/children/0/birth_date"),
    (
        {"children__0__birth_date": "2027-01-01"},
        "child.birth_date.format",
        "/children/0/birth_date",
    ),
    ({"attestation": GONE}, "attestation.missing", "/attestation"),
    ({"attestation": True}, "attestation.format", "/attestation"),
    ({"attestation__working": False}, "attestation.not_working", "/attestation/working"),
    ({"attestation__working": GONE}, "attestation.missing", "/attestation/working"),
    ({"attestation__critically_ill": "no"}, "attestation.format", "/attestation/critically_ill"),
    ({"consent": GONE}, "consent.missing", "/consent"),
    ({"consent": True}, "consent.format", "/consent"),
    ({"consent__given": False}, "consent.refused", "/consent/given"),
    ({"consent__given": "yes"}, "consent.format", "/consent/given"),
    ({"consent__method": GONE}, "consent.method.missing", "/consent/method"),
    ({"consent__method": "nod"}, "consent.method.unknown", "/consent/method"),
    ({"consent__at": "yesterday"}, "moment.format", "/consent/at"),
    ({"consent__at": "2026-11-22T10:00:00"}, "moment.format", "/consent/at"),
    ({"consent__at": "0001-01-01T00:00:00+23:00"}, "moment.format", "/consent/at"),
    ({"attestation__at": "9999-12-31T23:59:59-23:00"}, "moment.format", "/attestation/at"),
]


@pytest.mark.parametrize(("change", "code", "pointer"), FAULTS)
def test_each_fault_has_its_code_and_its_place(
    change: dict[str, Any], code: str, pointer: str
) -> None:
    found = examined(changed(**change))
    assert [(fault.code, fault.field) for fault in found.faults] == [(code, pointer)]
    assert found.worker is None
    assert found.quote is None


def test_all_faults_are_reported_at_once() -> None:
    worker = changed(
        nik="5171015708900000",
        name=" ",
        birth_date="1950-01-01",
        sex="X",
        phone="O812",
        address__region="999999",
        occupations__0__code="astronaut",
        income=-1,
        programs=["jkk"],
        payer="uncle",
        start="soon",
        months=99,
        heirs__0__relationship="boss",
        children__0__name=None,
        attestation__working=False,
        consent__given=False,
    )
    assert faults_of(worker) == {
        ("nik.serial", "/nik"),
        ("name.missing", "/name"),
        ("age.too_old", "/birth_date"),
        ("sex.unknown", "/sex"),
        ("phone.letter", "/phone"),
        ("region.unknown", "/address/region"),
        ("occupation.unknown", "/occupations/0/code"),
        ("income.value", "/income"),
        ("programs.jkk_and_jkm", "/programs"),
        ("payer.unknown", "/payer"),
        ("start.format", "/start"),
        ("months.value", "/months"),
        ("heir.relationship.unknown", "/heirs/0/relationship"),
        ("child.name.missing", "/children/0/name"),
        ("attestation.not_working", "/attestation/working"),
        ("consent.refused", "/consent/given"),
    }


def test_an_empty_object_names_everything_that_is_wanted() -> None:
    assert faults_of({}) == {
        ("nik.missing", "/nik"),
        ("name.missing", "/name"),
        ("birth_date.missing", "/birth_date"),
        ("sex.missing", "/sex"),
        ("contact.missing", "/phone"),
        ("occupations.missing", "/occupations"),
        ("income.missing", "/income"),
        ("programs.missing", "/programs"),
        ("attestation.missing", "/attestation"),
        ("consent.missing", "/consent"),
    }


@pytest.mark.parametrize(
    "member",
    [
        "birth_place", "phone", "email", "address", "sector", "payer", "owner", "start", "months",
        "heirs", "children", "tier",
    ],
)  # fmt: skip
def test_what_is_not_required_may_be_left_out_or_null(member: str) -> None:
    left_out = {key: value for key, value in EXAMPLE.items() if key != member}
    found = [examined(left_out), examined(left_out | {member: None})]
    assert found[0].faults == ()
    assert found[0] == found[1]


def test_what_is_left_out_has_the_defaults_of_the_contract() -> None:
    bare = {
        key: value
        for key, value in EXAMPLE.items()
        if key not in ("sector", "payer", "owner", "start", "months")
    }
    worker = examined(bare).worker
    assert worker is not None
    assert (worker.sector, worker.payer, worker.owner) == ("other", "self", False)
    assert (worker.start, worker.months) == (Month(2026, 11), 1)


@pytest.mark.parametrize("change", [{"phone": GONE}, {"address": GONE}])
def test_phone_or_address_is_enough(change: dict[str, Any]) -> None:
    assert faults_of(changed(**change)) == set()


def test_a_chosen_tier_stands_for_an_income() -> None:
    found = examined(changed(income=GONE, tier=10))
    assert found.faults == ()
    assert found.quote is not None
    assert found.quote.tier == 10


@pytest.mark.parametrize("payer", PAYERS)
def test_every_payer_of_the_contract_is_known(payer: str) -> None:
    assert faults_of(changed(payer=payer)) == set()


@pytest.mark.parametrize(
    "code",
    [
        "trader", "food_seller", "shop_owner", "fisher", "fish_worker", "farmer", "farm_worker",
        "livestock", "tailor", "weaver", "artisan", "builder", "mechanic", "domestic_worker",
        "porter", "cleaner", "barber", "guide", "artist", "teacher", "religious", "professional",
        "other",
    ],
)  # fmt: skip
def test_every_occupation_of_other_sectors_implies_them(code: str) -> None:
    worker = examined(changed(occupations=[{"code": code}], sector=GONE)).worker
    assert worker is not None
    assert worker.sector == "other"


@pytest.mark.parametrize(
    "code", ["motorcycle_taxi", "driver", "courier", "truck_driver", "pedicab", "boatman"]
)
def test_every_occupation_in_transport_implies_it(code: str) -> None:
    found = examined(changed(occupations=[{"code": code}], sector=GONE))
    assert found.worker is not None
    assert found.worker.sector == "transport"
    doubted = "sector.doubt" in {warning.code for warning in found.warnings}
    assert doubted is (code == "boatman")


def test_programmes_come_out_once_and_in_order() -> None:
    worker = examined(changed(programs=["jht", "jkm", "jkk", "jkm"])).worker
    assert worker is not None
    assert worker.programs == ("jkk", "jkm", "jht")


def test_spaces_in_a_name_are_made_single_and_letters_composed() -> None:
    worker = examined(changed(name="  Sitti\u00a0 Ame\u0301 ")).worker
    assert worker is not None
    assert worker.name == "Sitti Am\u00e9"


@pytest.mark.parametrize("name", ["Sukarno", "A" * 60, "O'Neil", "Dr. I Gusti, S.H."])
def test_one_word_or_sixty_letters_make_a_name(name: str) -> None:
    assert faults_of(changed(name=name)) == set()


def test_a_moment_is_kept_in_utc() -> None:
    worker = examined(changed(consent__at="2026-11-22T10:00:00+08:00")).worker
    assert worker is not None
    assert worker.consent.at == "2026-11-22T02:00:00Z"


WARNINGS = [
    ({"nik": "9109015708909999"}, "nik.region_retired"),
    ({"nik": "5199015708909999"}, "nik.region_unknown"),
    ({"nik": "0101015708909999"}, "nik.region_unknown"),
    ({"birth_date": "1990-08-18"}, "nik.birth_date_differs"),
    ({"sex": "M"}, "nik.sex_differs"),
    ({"nik": "5171015708130001", "birth_date": "2010-08-17"}, "nik.birth_date_differs"),
    ({"address__region": "910901"}, "region.retired_district"),
    ({"address__region": "9271"}, "region.retired_district"),
    ({"address__region": "517199"}, "region.unknown_district"),
    ({"tier": 1}, "tier.below_income"),
    ({"sector": "transport"}, "sector.differs"),
    ({"occupations": [{"code": "trader"}, {"code": "driver"}]}, "sector.two_jobs"),
    ({"attestation__critically_ill": True}, "attestation.critically_ill"),
    ({"start": "2026-10"}, "start.past"),
    ({"months": 2}, "months.unusual"),
    ({"payer": "apbd-regency"}, "relief.public_payer"),
    ({"payer": "apbd-regency"}, "doubt.exclusion_from_press"),
    ({"payer": "dbhcht"}, "relief.dbhcht"),
    ({"payer": "village"}, "relief.payer_not_named"),
    ({"owner": True}, "relief.owner"),
    ({"blood_group": "O"}, "field.unknown"),
]


@pytest.mark.parametrize(("change", "code"), WARNINGS)
def test_a_warning_is_given_and_blocks_nothing(change: dict[str, Any], code: str) -> None:
    assert code in warnings_of(changed(**change))
    assert code not in warnings_of(EXAMPLE)


@pytest.mark.parametrize(
    ("start", "past"), [("2026-10", True), ("2026-11", False), ("2026-12", False)]
)
def test_only_a_month_before_this_one_is_past(start: str, past: bool) -> None:
    assert ("start.past" in warnings_of(changed(start=start))) is past


def test_a_worker_belongs_to_the_regency_of_the_address_and_else_of_the_nik() -> None:
    for address, region in (({"text": "x", "region": "510302"}, "5103"), ({"text": "x"}, "5171")):
        worker = examined(changed(address=address)).worker
        assert worker is not None
        assert worker.region == region


@pytest.mark.parametrize(
    ("nik", "birth", "warned"),
    [
        ("5171011708130001", "1913-08-17", True),  # 13 and 113 years old: neither is likely
        ("5171015708900001", "1990-08-17", False),
        ("5171015708100001", "2010-08-17", False),  # 16 years
        ("5171015708100001", "1910-08-17", True),  # typed a century before the likelier one
    ],
)
def test_an_ambiguous_century_is_warned_of(nik: str, birth: str, warned: bool) -> None:
    _, _, warnings = read_worker(changed(nik=nik, birth_date=birth), TODAY, NOW)
    assert ("nik.century_ambiguous" in {warning.code for warning in warnings}) is warned


def test_a_person_with_two_jobs_has_the_sector_of_the_first() -> None:
    jobs = [{"code": "driver"}, {"code": "trader"}]
    worker = examined(changed(occupations=jobs, sector=GONE)).worker
    assert worker is not None
    assert worker.sector == "transport"


@pytest.mark.parametrize(
    ("birth", "fault", "warning"),
    [
        ("1961-11-22", "age.too_old", None),  # 65 today
        ("1961-11-23", None, "age.near_limit"),  # 65 tomorrow
        ("1966-11-22", None, "age.near_limit"),  # 60 today
        ("1966-11-23", None, None),  # 60 tomorrow
        ("2008-11-22", None, None),  # 18 today
        ("2008-11-23", None, "age.minor"),  # 18 tomorrow
        ("2011-11-22", None, "age.minor"),  # 15 today
        ("2011-11-23", "age.too_young", None),  # 15 tomorrow
        ("2026-11-22", "age.too_young", None),  # born today
    ],
)
def test_both_sides_of_every_birthday_that_counts(
    birth: str, fault: str | None, warning: str | None
) -> None:
    faults, warnings = age_problems(date.fromisoformat(birth), TODAY, LAW)
    assert [problem.code for problem in faults] == ([fault] if fault else [])
    assert [problem.code for problem in warnings] == ([warning] if warning else [])
    found = examined(changed(birth_date=birth))
    assert {problem.code for problem in found.faults} == ({fault} if fault else set())


@pytest.mark.parametrize(
    ("today", "fault"), [(date(2025, 2, 28), None), (date(2025, 3, 1), "age.too_old")]
)
def test_who_was_born_on_a_leap_day_is_65_on_the_first_of_march(
    today: date, fault: str | None
) -> None:
    faults, _ = age_problems(date(1960, 2, 29), today, LAW)
    assert [problem.code for problem in faults] == ([fault] if fault else [])


def test_a_member_that_nobody_reads_is_named_only_when_its_name_is_a_plain_word() -> None:
    found = examined(changed(blood_group="O") | {"5171015708900001": 1, "Ni Luh/Sari": 2})
    unknown = [warning.field for warning in found.warnings if warning.code == "field.unknown"]
    assert unknown == ["/blood_group", None, None]
