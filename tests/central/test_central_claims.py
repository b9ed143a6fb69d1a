"""One NIK, one standing record: duplicates, what frees a NIK, and races for it."""

from __future__ import annotations

import threading

from central_field import Device, a_body, a_fix, a_nik, a_withdrawal, a_worker, an_item
from sqlalchemy import select

from perisai_cli.central.database import Database
from perisai_cli.central.tables import nik_claims


def test_the_same_nik_from_another_agent_is_a_duplicate_beside_the_first(
    device: Device, other: Device
) -> None:
    nik = a_nik()
    first, second = an_item(a_body(a_worker(nik))), an_item(a_body(a_worker(nik, months=6)))
    device.push(first)
    [result] = other.push(second)
    assert (result["status"], result["canonical_id"]) == ("duplicate", first["id"])
    assert result["problem"]["errors"][0] == {"pointer": "/nik", "code": "nik.duplicate"}
    assert other.push(second) == [result]


def test_a_held_record_holds_its_nik_and_a_refused_correction_does_not_let_go(
    device: Device,
) -> None:
    nik = a_nik()
    ill = {"working": True, "critically_ill": True}
    held = an_item(a_body(a_worker(nik, attestation=ill)))
    assert device.push(held)[0]["status"] == "held"
    assert device.push(an_item(a_body(a_worker(nik))))[0]["status"] == "duplicate"
    wrong = a_body(a_worker(nik))
    wrong["quote"]["total"] = 1
    assert device.push(a_fix(held, wrong))[0]["status"] == "rejected"
    assert device.push(an_item(a_body(a_worker(nik))))[0]["status"] == "duplicate"


def test_a_withdrawal_frees_the_nik_and_says_unchanged_when_repeated(device: Device) -> None:
    nik = a_nik()
    item = an_item(a_body(a_worker(nik)))
    device.push(item)
    withdrawal = a_withdrawal(item)
    assert device.push(withdrawal)[0]["status"] == "accepted"
    assert device.push(withdrawal)[0]["status"] == "unchanged"
    assert device.push(item)[0]["status"] == "unchanged"
    assert device.push(an_item(a_body(a_worker(nik))))[0]["status"] == "accepted"


def test_a_withdrawal_of_an_unknown_record_is_taken(device: Device) -> None:
    withdrawal = a_withdrawal(an_item())
    assert device.push(withdrawal)[0]["status"] == "accepted"


def test_a_fix_with_another_nik_moves_the_claim(device: Device) -> None:
    wrong, right = a_nik(), a_nik()
    item = an_item(a_body(a_worker(wrong)))
    device.push(item)
    assert device.push(a_fix(item, a_body(a_worker(right))))[0]["status"] == "accepted"
    assert device.push(an_item(a_body(a_worker(wrong))))[0]["status"] == "accepted"
    assert device.push(an_item(a_body(a_worker(right))))[0]["canonical_id"] == item["id"]


def test_a_duplicate_is_resolved_by_a_fix(device: Device) -> None:
    nik = a_nik()
    device.push(an_item(a_body(a_worker(nik))))
    second = an_item(a_body(a_worker(nik)))
    assert device.push(second)[0]["status"] == "duplicate"
    [fixed] = device.push(a_fix(second, a_body()))
    assert fixed["status"] == "accepted"
    assert "canonical_id" not in fixed


def test_two_agents_racing_for_one_nik_never_both_win(device: Device, other: Device) -> None:
    niks = [a_nik() for _ in range(12)]
    batches = {
        sender.id: [an_item(a_body(a_worker(nik))) for nik in niks] for sender in (device, other)
    }
    batches[other.id].reverse()
    together, verdicts = threading.Barrier(2), {}

    def race(sender: Device) -> None:
        together.wait()
        verdicts[sender.id] = [result["status"] for result in sender.push(*batches[sender.id])]

    threads = [threading.Thread(target=race, args=(sender,)) for sender in (device, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pairs = zip(verdicts[device.id], reversed(verdicts[other.id]), strict=True)
    assert all(sorted(pair) == ["accepted", "duplicate"] for pair in pairs)


def test_claims_tell_no_nik(device: Device, shared_database: Database) -> None:
    item = an_item()
    device.push(item)
    with shared_database.reading() as connection:
        keys = connection.scalars(select(nik_claims.c.nik_key)).all()
    assert all(len(key) == 64 for key in keys)
    assert not any(item["body"]["worker"]["nik"] in key for key in keys)
