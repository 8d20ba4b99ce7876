"""The contract: schemas/fixtures, which judge every language."""

from __future__ import annotations

import base64
import json
import unittest
from pathlib import Path
from typing import Any

from headwater import CaptureError, Headwater
from headwater.event import encode_event, read_event

from .clients import client
from .scripted_server import ScriptedServer

FIXTURES = Path(__file__).parents[3] / "schemas/fixtures"


def cases(folder: str) -> list[dict[str, Any]]:
    """Of all files of the folder."""
    files = sorted((FIXTURES / folder).glob("*.json"))
    return [case for file in files for case in json.loads(file.read_text())]


def capture(headwater: Headwater[str], event: dict[str, Any]) -> str:
    """Says what the event says, as an application would."""
    named = {name: event.get(name) for name in ("properties", "timestamp", "uuid")}
    who = event.get("distinct_id", event.get("$distinct_id"))
    person = {"set": event.get("$set"), "set_once": event.get("$set_once")}
    return headwater.capture(event.get("event"), who, **named, **person)  # type: ignore[arg-type]


class Contract(unittest.TestCase):
    def test_takes_every_accepted_fixture_and_sends_it_as_the_contract_reads_it(self) -> None:
        accepted = cases("accepted")
        self.assertGreaterEqual(len(accepted), 40)
        with ScriptedServer() as server, client(server.url) as headwater:
            uuids = [capture(headwater, case["event"]) for case in accepted]
            self.assertTrue(headwater.flush())
            sent = {event["uuid"]: event for event in server.once()}
            for case, uuid in zip(accepted, uuids, strict=True):
                with self.subTest(case["name"]):
                    self._assert_says(sent[uuid.lower()], case["accepted"])

    def test_refuses_every_dropped_fixture_at_once_with_the_reason_of_the_contract(self) -> None:
        dropped = cases("dropped")
        self.assertGreaterEqual(len(dropped), 40)
        for case in dropped:
            with self.subTest(case["name"]):
                reason = case["reason"]
                if not isinstance(case["event"], dict):
                    self.assertEqual(reason, "not_an_object")
                    continue
                with self.assertRaises(CaptureError) as read:
                    encode_event(read_event(case["event"]))
                self.assertEqual(read.exception.code, reason)
                with Headwater("", mode="test") as headwater:
                    with self.assertRaises(CaptureError) as captured:
                        capture(headwater, case["event"])
                    self.assertEqual(captured.exception.code, reason)
                    self.assertEqual(headwater.captured, [])

    def test_judges_every_hostile_fixture_that_python_can_read(self) -> None:
        hostile = cases("hostile")
        self.assertGreaterEqual(len(hostile), 14)
        with ScriptedServer() as server, client(server.url) as headwater:
            for case in hostile:
                with self.subTest(case["name"]):
                    text = case.get("text") or base64.b64decode(case["base64"]).decode(
                        "utf-8", "replace"
                    )
                    try:
                        event = json.loads(text)
                    except (ValueError, RecursionError):
                        continue
                    uuid = capture(headwater, {"properties": {}, **event})
                    self.assertEqual(uuid != "", case["verdict"] == "accepted", uuid)
            self.assertTrue(headwater.flush())
            self.assertEqual(len(server.once()), headwater.stats().captured)

    def _assert_says(self, sent: dict[str, Any], accepted: dict[str, Any]) -> None:
        for name, value in accepted.items():
            if name == "properties":
                self.assertLessEqual(value.items(), sent["properties"].items())
            elif name in ("set", "set_once"):
                within, beside = sent["properties"].get(f"${name}"), sent.get(f"${name}")
                self.assertEqual({**(within or {}), **(beside or {})}, value or {})
            elif name == "offset" or value is None:
                # Of old clients only; and what the event does not say the SDK says.
                continue
            else:
                self.assertEqual(sent[name], value)
