"""The SDK behind the commands of sdks/compliance/README.md: a JSON line each on stdin, answered on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "src"))

from headwater import CaptureError, Headwater

Command = dict[str, Any]
errors: list[CaptureError] = []
client: Headwater[str]


def init(command: Command) -> None:
    global client
    options = command.get("options") or {}
    client = Headwater(
        command["write_key"], host=command["host"], on_error=errors.append, **options
    )


def given(command: Command, *names: str) -> Command:
    """Those of the fields that the command has."""
    return {name: command[name] for name in names if name in command}


def capture(command: Command) -> str:
    names = ("event", "distinct_id", "properties", "timestamp", "uuid", "set", "set_once", "groups")
    return client.capture(**{"event": None, **given(command, *names)})


def identify(command: Command) -> str:
    return client.identify(**given(command, "distinct_id", "set", "set_once", "anonymous_id"))


def set_person(command: Command) -> str:
    return client.capture("$set", **given(command, "distinct_id", "set", "set_once"))


COMMANDS: dict[str, Callable[[Command], object]] = {
    "init": init,
    "capture": capture,
    "identify": identify,
    "alias": lambda command: client.alias(command["distinct_id"], command["alias"]),
    "group_identify": lambda command: client.group_identify(
        **given(command, "group_type", "group_key", "set", "distinct_id")
    ),
    "set": set_person,
    "flush": lambda _: client.flush(),
    "errors": lambda _: [
        {"code": error.code, "message": error.message, "uuids": error.uuids} for error in errors
    ],
    "stats": lambda _: {"queued": client.stats().queued},
    "shutdown": lambda command: client.shutdown(command.get("timeout_ms")),
}


def answer(command: Command) -> dict[str, object]:
    try:
        return {"id": command["id"], "ok": True, "value": COMMANDS[command["do"]](command)}
    except Exception as error:
        return {"id": command["id"], "ok": False, "error": f"{type(error).__name__}: {error}"}


def main() -> None:
    print(
        json.dumps({"ready": True, "sdk": "python", "stateful": False, "persistent": False}),
        flush=True,
    )
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(answer(command)), flush=True)
        if command["do"] == "shutdown":
            return


if __name__ == "__main__":
    main()
