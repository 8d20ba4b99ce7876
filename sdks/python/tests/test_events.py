"""Events: what the application says, and what is sent."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import os
import pathlib
import time
import unittest
import uuid
from types import SimpleNamespace
from typing import Any, Literal
from unittest.mock import MagicMock

import headwater as module
from headwater import CaptureError, Headwater

from .clients import Errors, client
from .scripted_server import ScriptedServer


def captured(**properties: Any) -> dict[str, Any]:
    """The properties as they are sent, without what the SDK says of itself."""
    with Headwater("", mode="test") as headwater:
        headwater.capture("signup", "ann", properties)
        sent: dict[str, Any] = headwater.captured[0]["properties"]
    return {name: value for name, value in sent.items() if not name.startswith("$")}


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Address:
    city: str
    since: datetime.date


class Values(unittest.TestCase):
    def test_makes_json_of_what_python_programs_have(self) -> None:
        id_ = uuid.uuid4()
        at = datetime.datetime(2026, 11, 26, 10, 0, tzinfo=datetime.timezone.utc)
        table: list[tuple[object, object]] = [
            (decimal.Decimal("19.99"), 19.99),
            (decimal.Decimal("NaN"), None),
            (float("nan"), None),
            (float("inf"), "Infinity"),
            (-float("inf"), "-Infinity"),
            (2**53 - 1, 2**53 - 1),
            (2**53, "9007199254740992"),
            (-(2**70), str(-(2**70))),
            (True, True),
            (id_, str(id_)),
            (at, "2026-11-26T10:00:00+00:00"),
            (datetime.date(2026, 11, 26), "2026-11-26"),
            (datetime.timedelta(minutes=2), "120.0"),
            (b"text", "text"),
            (b"\xff\xfe", "//4="),
            ({3, 1, 2}, [1, 2, 3]),
            ((1, (2,)), [1, [2]]),
            (
                {1: "a", None: "b", False: "c", Color.RED: "d"},
                {"1": "a", "null": "b", "false": "c", "red": "d"},
            ),
            (Color.RED, "red"),
            (Address("Lyon", datetime.date(2020, 1, 2)), {"city": "Lyon", "since": "2020-01-02"}),
            (pathlib.Path("/a/b"), str(pathlib.Path("/a/b"))),
            ("half \ud800", "half \ufffd"),
            ("\ud83d\ude80", "\U0001f680"),
            (os.fsdecode(b"caf\xe9"), "caf\ufffd"),
        ]
        for value, expected in table:
            with self.subTest(value=value):
                self.assertEqual(captured(value=value), {"value": expected})

    def test_takes_what_numpy_and_pandas_have(self) -> None:
        scalar = SimpleNamespace(item=lambda: 1.5)
        array = SimpleNamespace(tolist=lambda: [1, [2.5, float("nan")]])
        self.assertEqual(
            captured(scalar=scalar, array=array), {"scalar": 1.5, "array": [1, [2.5, None]]}
        )

    def test_takes_the_text_of_anything_else_and_no_harm_from_it(self) -> None:
        class Broken:
            def __str__(self) -> str:
                raise ValueError("no")

        self.assertEqual(captured(value=Broken()), {"value": "<Broken>"})
        mock = captured(value=MagicMock(name="m"))
        self.assertIn("MagicMock", mock["value"])

    def test_refuses_what_contains_itself(self) -> None:
        endless: dict[str, Any] = {}
        endless["me"] = endless
        with self.assertRaises(CaptureError) as raised:
            captured(value=endless)
        self.assertEqual(raised.exception.code, "too_deep")

    def test_names_the_largest_property_of_an_event_that_is_too_big(self) -> None:
        with self.assertRaises(CaptureError) as raised:
            captured(small="x", html="x" * 1_100_000)
        self.assertEqual(raised.exception.code, "event_too_big")
        self.assertIn('"html", has 1,100,002 bytes', raised.exception.message)

    def test_sends_properties_as_they_were_when_captured(self) -> None:
        with ScriptedServer() as server, client(server.url) as headwater:
            cart = {"items": [1]}
            headwater.capture("cart", "ann", cart)
            cart["items"].append(2)
            headwater.flush()
            self.assertEqual(server.once()[0]["properties"]["items"], [1])
            self.assertEqual(cart, {"items": [1, 2]})


class Times(unittest.TestCase):
    def setUp(self) -> None:
        self.headwater = Headwater("", mode="test")

    def sent(self, timestamp: Any) -> Any:
        self.headwater.capture("signup", "ann", timestamp=timestamp)
        return self.headwater.captured[-1].get("timestamp")

    def test_is_the_time_of_the_call_in_utc(self) -> None:
        before = datetime.datetime.now(datetime.timezone.utc)
        said = datetime.datetime.fromisoformat(self.sent(None).replace("Z", "+00:00"))
        self.assertLess(abs((said - before).total_seconds()), 0.5)

    def test_takes_a_datetime_without_zone_for_local_time(self) -> None:
        zone = os.environ.get("TZ")
        os.environ["TZ"] = "Asia/Kathmandu"
        time.tzset()
        try:
            naive = datetime.datetime(2026, 11, 26, 10, 0, 0, 250_000)
            self.assertEqual(self.sent(naive), "2026-11-26T04:15:00.250000Z")
        finally:
            os.environ.pop("TZ") if zone is None else os.environ.update(TZ=zone)
            time.tzset()

    def test_takes_zones_dates_texts_and_milliseconds(self) -> None:
        zone = datetime.timezone(datetime.timedelta(hours=-5))
        at = datetime.datetime(2026, 11, 26, 10, tzinfo=zone)
        self.assertEqual(self.sent(at), "2026-11-26T15:00:00Z")
        self.assertEqual(self.sent(datetime.date(2026, 11, 26)), "2026-11-26")
        self.assertEqual(self.sent("2026-11-26T10:00:00+05:45"), "2026-11-26T10:00:00+05:45")
        self.assertEqual(self.sent(1_763_892_000_000), 1_763_892_000_000)
        self.assertEqual(self.sent(datetime.datetime.min), "0001-01-01T00:00:00")

    def test_numbers_the_events_of_one_millisecond_so_that_their_order_is_kept(self) -> None:
        for _ in range(2_000):
            self.headwater.capture("signup", "ann")
        events = self.headwater.captured
        places = [(e["timestamp"], e["properties"].get("$sequence", 0), e["uuid"]) for e in events]
        self.assertEqual(places, sorted(places))
        self.assertEqual(len({(at, place) for at, place, _ in places}), 2_000)
        self.assertEqual([uuid for _, _, uuid in places], sorted(uuid for _, _, uuid in places))


class Calls(unittest.TestCase):
    def setUp(self) -> None:
        self.headwater = Headwater("", mode="test")

    def last(self) -> dict[str, Any]:
        event = dict(self.headwater.captured[-1])
        properties = {k: v for k, v in event.pop("properties").items() if k != "$sequence"}
        for name in ("$lib", "$lib_version"):
            del properties[name]
        del event["uuid"], event["timestamp"]
        return {**event, "properties": properties}

    def test_sends_what_the_service_joins_persons_and_groups_by(self) -> None:
        headwater = self.headwater
        headwater.capture(
            "signup", "ann", {"plan": "team"}, groups={"company": "acme"}, set={"a": 1}
        )
        groups = {"plan": "team", "$groups": {"company": "acme"}}
        signup = {"event": "signup", "distinct_id": "ann", "properties": groups, "$set": {"a": 1}}
        self.assertEqual(self.last(), signup)
        headwater.identify("ann", {"name": "Ann"}, {"first": 1}, anonymous_id="anon-1")
        person = {"$set": {"name": "Ann"}, "$set_once": {"first": 1}}
        linked = {"properties": {"$anon_distinct_id": "anon-1"}, **person}
        self.assertEqual(self.last(), {"event": "$identify", "distinct_id": "ann", **linked})
        headwater.alias("ann", "annie")
        alias = {"event": "$create_alias", "distinct_id": "ann", "properties": {"alias": "annie"}}
        self.assertEqual(self.last(), alias)
        headwater.group_identify("company", 7, {"size": 10})
        group = {"$group_type": "company", "$group_key": "7", "$group_set": {"size": 10}}
        identified = {"event": "$groupidentify", "distinct_id": "$company_7", "properties": group}
        self.assertEqual(self.last(), identified)
        headwater.set("ann", {"plan": "pro"})
        expected = {
            "event": "$set",
            "distinct_id": "ann",
            "properties": {},
            "$set": {"plan": "pro"},
        }
        self.assertEqual(self.last(), expected)
        headwater.set_once("ann", {"plan": "pro"})
        once = {
            "event": "$set",
            "distinct_id": "ann",
            "properties": {},
            "$set_once": {"plan": "pro"},
        }
        self.assertEqual(self.last(), once)

    def test_takes_an_own_uuid_and_ids_of_databases(self) -> None:
        mine = uuid.uuid4()
        self.assertEqual(self.headwater.capture("signup", 17, uuid=mine), str(mine))
        self.assertEqual(self.last()["distinct_id"], "17")
        self.headwater.capture("signup", mine)
        self.assertEqual(self.last()["distinct_id"], str(mine))
        self.headwater.capture("signup", 2**63)
        self.assertEqual(self.last()["distinct_id"], "9223372036854775808")

    def test_adds_default_properties_those_of_the_context_and_those_of_the_call_in_this_order(
        self,
    ) -> None:
        headwater = Headwater("", mode="test", default_properties={"a": 0, "b": 0, "c": 0})
        headwater.register({"d": 0})
        with module.context("ann", {"b": 1, "c": 1}):
            headwater.capture("signup", properties={"c": 2})
        headwater.unregister("d", "a")
        headwater.capture("signup", "bob")
        first, second = (event["properties"] for event in headwater.captured)
        own = [{k: v for k, v in one.items() if "$" not in k} for one in (first, second)]
        self.assertEqual(own, [{"a": 0, "b": 1, "c": 2, "d": 0}, {"b": 0, "c": 0}])

    def test_lets_before_send_change_an_event_or_keep_it_back(self) -> None:
        def scrub(event: dict[str, Any]) -> dict[str, Any] | None:
            if event["event"] == "internal":
                return None
            event["properties"].pop("email", None)
            return event

        headwater = Headwater("", mode="test", before_send=scrub)
        self.assertEqual(headwater.capture("internal", "ann"), "")
        headwater.capture("signup", "ann", {"email": "a@example.com"})
        [event] = headwater.captured
        self.assertNotIn("email", event["properties"])

    def test_keeps_back_what_a_failing_before_send_has_not_seen(self) -> None:
        errors = Errors()
        with (
            ScriptedServer() as server,
            client(server.url, on_error=errors, before_send=lambda _: 1 / 0) as headwater,
        ):
            self.assertEqual(headwater.capture("signup", "ann"), "")
        self.assertEqual(errors.codes, ["before_send_failed"])
        self.assertEqual(server.stored, [])

    def test_never_raises_in_background_mode_and_tells_on_error_what_was_wrong(self) -> None:
        class Moving(dict[str, Any]):
            def items(self) -> Any:
                raise RuntimeError("dictionary changed size during iteration")

        errors = Errors()
        with ScriptedServer() as server, client(server.url, on_error=errors) as headwater:
            bad: list[Any] = [("", "ann"), (7, "ann"), ("x", None), ("x", [1]), ("x", "a", "text")]
            bad.append(("x", "ann", {"moving": Moving()}))
            for arguments in bad:
                self.assertEqual(headwater.capture(*arguments), "")
            self.assertEqual(headwater.stats().not_captured, len(bad))
        reasons = ["missing_event", "invalid_event", "missing_distinct_id", "invalid_distinct_id"]
        self.assertEqual(errors.codes, [*reasons, "invalid_properties", "invalid_properties"])
        self.assertTrue(all(len(error.uuids) == 1 for error in errors))

    def test_does_nothing_when_disabled(self) -> None:
        with ScriptedServer() as server:
            headwater = Headwater("", host=server.url, disabled=True)
            self.assertEqual(headwater.capture("", ""), "")
            self.assertTrue(headwater.flush())
            self.assertTrue(headwater.shutdown())
            self.assertEqual(server.requests, [])

    def test_refuses_options_that_cannot_be_right(self) -> None:
        wrong: list[dict[str, Any]] = [
            {"host": "localhost:8000"},
            {"host": "ftp://x"},
            {"host": "http://x:99999"},
            {"host": "http://x/?a=1"},
            {"mode": "fast"},
            {"flush_at": 0},
            {"request_timeout_ms": "10"},
            {"max_queue_bytes": 1},
            {"proxy": "socks5://localhost:1"},
        ]
        for options in wrong:
            with self.subTest(options=options), self.assertRaises(ValueError):
                Headwater("wk_x", **options)
        for key in ("", "  ", "k" * 65, "schlüssel"):
            with self.subTest(key=key), self.assertRaises(ValueError):
                Headwater(key)

    def test_gives_names_of_events_a_type(self) -> None:
        headwater: Headwater[Literal["signup", "login"]] = Headwater("", mode="test")
        headwater.capture("signup", "ann")
        # mypy holds that this is an error: with warn_unused_ignores the comment is one otherwise.
        headwater.capture("sign_up", "ann")  # type: ignore[arg-type]
        self.assertEqual(len(headwater.captured), 2)


class Module(unittest.TestCase):
    def test_has_the_client_of_the_process(self) -> None:
        self.assertEqual(module.capture("too early", "ann"), "")
        self.assertTrue(module.flush())
        with ScriptedServer() as server:
            module.init("wk_x", host=server.url, flush_interval_ms=20, flush_on_sigterm=False)
            module.capture("signup", "ann")
            module.identify("ann", {"name": "Ann"})
            module.set("ann", {"a": 1})
            self.assertTrue(module.flush())
            self.assertEqual(server.names, ["signup", "$identify", "$set"])
            module.capture("last", "ann")
            # A second init sends what the first client holds.
            module.init("", mode="test")
            self.assertEqual(server.names[-1], "last")
            module.shutdown()

    def test_says_where_it_comes_from(self) -> None:
        with Headwater("", mode="test") as headwater:
            headwater.capture("signup", "ann")
            properties = headwater.captured[0]["properties"]
        self.assertEqual(properties["$lib"], "python")
        self.assertEqual(properties["$lib_version"], module.__version__)
        text = (pathlib.Path(__file__).parents[1] / "pyproject.toml").read_text()
        self.assertIn(f"version = {json.dumps(module.__version__)}", text)
