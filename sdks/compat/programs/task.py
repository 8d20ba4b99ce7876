"""What the programs share that use Python clients."""

import json
import sys
from datetime import datetime, timedelta, timezone

# test/story.ts says what its members mean.
task = json.loads(sys.argv[1])


def at(seconds):
    """The time of the task's event that is so many seconds after its start."""
    started = datetime.fromtimestamp(task["startedAt"] / 1000, timezone.utc)
    return started + timedelta(seconds=seconds)


def until_told_to_end():
    """Says that everything was captured, and goes on until stdin is closed."""
    print("captured", flush=True)
    sys.stdin.read()
