"""One attempt to send a batch, and what became of its events."""

from __future__ import annotations

import datetime
import json
import logging
import random
from collections.abc import Callable, Sequence

from .answer import Answer, interpret, no_answer
from .capture_error import CaptureError
from .counters import Counters
from .event import Entry
from .transport import NoAnswer, Transport

logger = logging.getLogger("headwater")


class Delivery:
    """Sends batches to a project. Any number of threads may."""

    def __init__(
        self, write_key: str, historical: bool, transport: Transport, counters: Counters
    ) -> None:
        past = '"historical_migration":true,' if historical else ""
        self._head = f'{{"api_key":{json.dumps(write_key)},{past}"sent_at":"'
        self._transport = transport
        self._counters = counters

    def attempt(self, batch: Sequence[Entry], timeout_s: float) -> Answer:
        """Sends the batch once. Never raises: a server that is away is an answer like any other."""
        self._counters.add("attempts")
        # Anew with every try: from it the service tells how wrong this machine's clock is.
        now = datetime.datetime.now(datetime.timezone.utc)
        sent_at = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
        body = b"".join(
            [f'{self._head}{sent_at}","batch":['.encode(), b",".join(e.body for e in batch), b"]}"]
        )
        try:
            response = self._transport.post(body, timeout_s)
        except NoAnswer as failure:
            answer = no_answer(str(failure))
        else:
            answer = interpret(response, len(batch))
        if answer.outcome == "retry":
            self._counters.add("retries")
            logger.warning(
                "%d events could not be sent, and will be again: %s (%s)",
                len(batch),
                answer.message,
                answer.code,
            )
        else:
            logger.debug("sent %d events: %s", len(batch), answer.outcome)
        return answer

    def errors_of(self, answer: Answer, batch: Sequence[Entry]) -> list[CaptureError]:
        """What a final answer says of events that will not be stored; counts all events of the batch."""
        if answer.outcome != "acknowledged":
            self._counters.add("refused", len(batch))
            return [CaptureError(answer.code, answer.message, tuple(e.uuid for e in batch))]
        self._counters.add("dropped", len(answer.dropped))
        self._counters.add("accepted", len(batch) - len(answer.dropped))
        return [
            CaptureError(dropped.reason, dropped.message, (batch[dropped.index].uuid,))
            for dropped in answer.dropped
        ]


class BackOff:
    """How long to wait after failures: each time twice as long, up to a limit, with jitter."""

    def __init__(self, first_s: float, last_s: float) -> None:
        self._first_s = first_s
        self._last_s = last_s
        self._failures = 0

    def next_s(self) -> float:
        """The wait after one more failure."""
        whole: float = min(self._first_s * 2 ** min(self._failures, 30), self._last_s)
        self._failures += 1
        # Jitter: processes that failed together must not come back together.
        return whole * (0.5 + random.random() / 2)

    def reset(self) -> None:
        """An attempt was answered."""
        self._failures = 0


Report = Callable[[CaptureError], None]
