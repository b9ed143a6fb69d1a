"""The same messages in the shape of the Digital Convergence Initiative's social-protection APIs.

For a gateway between a central and a registry that speaks those: header, items with a
``reference_id``, states with a reason code. The standard has no verb for enrolling yet; here it is
``enrol``. Nothing is lost either way, so the receipt test holds across a gateway; see
``docs/reference/interoperability.md``. Pure: signing and sending are the gateway's.
"""

from __future__ import annotations

from typing import Any

from perisai_cli.protocol.bodies import is_withdrawal
from perisai_cli.protocol.messages import ItemResult, PushItem, PushRequest, PushResponse

VERSION = "1.0.0"
ENROL = "enrol"
ON_ENROL = "on-enrol"
REGISTER_TYPE = "perisai:RegistryType:EmploymentSocialSecurity"

RECEIVED, PENDING, SUCCEEDED, REJECTED = "rcvd", "pdng", "succ", "rjct"

STATES = {
    "accepted": SUCCEEDED,
    "unchanged": SUCCEEDED,
    "held": PENDING,
    "duplicate": PENDING,
    "rejected": REJECTED,
    "conflict": REJECTED,
    "retry": RECEIVED,
}
"""State of each verdict: a person must still look at what is pending; what is only received was not
stored and is to be sent again under the same ``reference_id``."""

_SEXES = {"F": "female", "M": "male"}


def enrol_request(request: PushRequest, key: str, receiver: str) -> dict[str, Any]:
    """Return a batch as an ``enrol`` message, without its signature.

    Args:
        request: The batch.
        key: Its idempotency key, which becomes message and transaction.
        receiver: Who it is for, such as the central's id.
    """
    whole = request.model_dump(by_alias=True, exclude_none=True)
    meta = {name: value for name, value in whole.items() if name != "items"}
    return {
        "header": {
            "version": VERSION,
            "message_id": key,
            "message_ts": request.client_time,
            "action": ENROL,
            "sender_id": request.device,
            "receiver_id": receiver,
            "total_count": len(request.items),
            "is_msg_encrypted": False,
            "meta": meta,
        },
        "message": {
            "transaction_id": key,
            "enrol_request": [_enrolled(item, request.client_time) for item in request.items],
        },
    }


def _enrolled(item: PushItem, sent: str) -> dict[str, Any]:
    kind = "withdrawal" if is_withdrawal(item.body) else item.kind
    entry: dict[str, Any] = {
        "reference_id": item.id,
        "timestamp": _moment(item.body) or sent,
        "locale": "ind",
        "revision": {"rev": item.rev, "base_rev": item.base_rev, "kind": item.kind},
        "data": {
            "version": VERSION,
            "reg_type": REGISTER_TYPE,
            "reg_event_type": f"perisai:RegistryEventType:{kind}",
            "reg_records": item.body,
        },
    }
    if item.hash is not None:
        entry["revision"]["hash"] = item.hash
    return entry


def _moment(body: dict[str, Any]) -> str | None:
    """Return when a body was captured, if it says so in the form it should have."""
    for part in ("captured", "withdrawn"):
        inner = body.get(part)
        if isinstance(inner, dict) and isinstance(inner.get("at"), str):
            return str(inner["at"])
    return None


def push_request(document: dict[str, Any]) -> tuple[str, PushRequest]:
    """Return the idempotency key and the batch of an ``enrol`` message.

    Raises:
        ValueError: it is another message, or none of ours; nothing of it is in the error's text.
    """
    header, message = _opened(document, ENROL)
    entries = message.get("enrol_request")
    if not isinstance(entries, list) or header.get("total_count") != len(entries):
        raise ValueError("count")
    if header.get("sender_id") != header["meta"].get("device"):
        raise ValueError("sender")
    items = [_item(entry) for entry in entries]
    return str(message["transaction_id"]), PushRequest.model_validate(
        header["meta"] | {"items": items}
    )


def _item(entry: Any) -> dict[str, Any]:
    try:
        content = {"id": entry["reference_id"], "body": entry["data"]["reg_records"]}
        return {**entry["revision"], **content}
    except (KeyError, TypeError):
        raise ValueError("item") from None


def enrol_response(response: PushResponse, request: PushRequest, sender: str) -> dict[str, Any]:
    """Return the answer to a batch as an ``on-enrol`` message, without its signature.

    An item without a result is left out: its standing is unknown, and it is to be sent again.

    Args:
        response: The central's answer.
        request: The batch that it answers.
        sender: Who answers, such as the central's id.
    """
    whole = response.model_dump(exclude_none=True)
    entries = [
        _answered(result, request.items[result.n].id, response.server_time)
        for result in response.results
    ]
    done = sum(entry["status"] == SUCCEEDED for entry in entries)
    return {
        "header": {
            "version": VERSION,
            "message_id": f"{response.batch}:{response.seq}",
            "message_ts": response.server_time,
            "action": ON_ENROL,
            "status": SUCCEEDED,
            "sender_id": sender,
            "receiver_id": request.device,
            "total_count": len(entries),
            "completed_count": done,
            "is_msg_encrypted": False,
            "meta": {name: value for name, value in whole.items() if name != "results"},
        },
        "message": {
            "transaction_id": response.batch,
            "correlation_id": response.batch,
            "enrol_response": entries,
        },
    }


def _answered(result: ItemResult, reference: str, at: str) -> dict[str, Any]:
    state, problem = STATES[result.status], result.problem
    entry: dict[str, Any] = {
        "reference_id": reference,
        "timestamp": at,
        "status": state,
        "locale": "eng",
        "data": result.model_dump(exclude_none=True),
    }
    if state != SUCCEEDED:
        code = problem.type if problem else f"record.{result.status}"
        entry["status_reason_code"] = f"{state}.perisai.{code}"
    if problem:
        entry["status_reason_message"] = problem.title
        entry["additional_info"] = [
            {"name": error.pointer or "", "value": error.code} for error in problem.errors
        ]
    return entry


def push_response(document: dict[str, Any], request: PushRequest) -> PushResponse:
    """Return the answer in an ``on-enrol`` message to *request*; it still has its receipt test.

    Raises:
        ValueError: it is another message, names an item that was not asked about, or says one
            thing by its state and another by its verdict.
    """
    header, message = _opened(document, ON_ENROL)
    entries = message.get("enrol_response")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("item")
    response = PushResponse.model_validate(
        header["meta"] | {"results": [entry.get("data") for entry in entries]}
    )
    for entry, result in zip(entries, response.results, strict=True):
        asked = request.items[result.n].id if result.n < len(request.items) else None
        if asked is None or entry.get("reference_id") != asked:
            raise ValueError("reference")
        if entry.get("status") != STATES[result.status]:
            raise ValueError("state")
    return response


def _opened(document: dict[str, Any], action: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, message = document.get("header"), document.get("message")
    if not isinstance(header, dict) or not isinstance(message, dict):
        raise ValueError("form")  # noqa: TRY004 - one kind of error for what has no form here
    if header.get("action") != action:
        raise ValueError("action")
    if not isinstance(header.get("meta"), dict) or "transaction_id" not in message:
        raise ValueError("form")
    return header, message


def person(worker: dict[str, Any]) -> dict[str, Any]:
    """Return a worker as the standard's person, for a registry that keeps people.

    A name is never cut into parts: all of it is the given name, and there is no surname, since many
    Indonesians have one name and no rule tells which of several would be a family's.
    """
    whole: dict[str, Any] = {
        "identifier": [{"identifier_type": "NIK", "identifier_value": worker["nik"]}],
        "name": {"given_name": worker["name"]},
        "sex": _SEXES[worker["sex"]],
        "birth_date": worker["birth_date"],
    }
    if address := worker.get("address"):
        lines = [address["text"], _hamlet(address), address.get("village")]
        whole["address"] = [
            {
                "address_line1": ", ".join(line for line in lines if line),
                "country_code": "ID",
                **({"region_code": address["region"]} if address.get("region") else {}),
            }
        ]
    if phone := worker.get("phone"):
        international = f"+62{phone[1:]}" if phone.startswith("0") else phone
        whole["phone_number"] = [international]
    if email := worker.get("email"):
        whole["email"] = [email]
    return whole


def _hamlet(address: dict[str, Any]) -> str:
    """Return the neighbourhood as it is written on an identity card, empty where none is known."""
    parts = ((name.upper(), address.get(name)) for name in ("rt", "rw"))
    return " ".join(f"{name} {number}" for name, number in parts if number)


def full_name(name: dict[str, Any]) -> str:
    """Return the one name of a person from a registry, whichever of its parts are filled.

    Raises:
        ValueError: no part is.
    """
    parts = (str(name.get(part) or "").strip() for part in ("given_name", "second_name", "surname"))
    whole = " ".join(part for part in parts if part)
    if not whole:
        raise ValueError("name")
    return whole
