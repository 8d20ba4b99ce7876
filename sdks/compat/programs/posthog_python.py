"""An application on a server that uses posthog-python."""

from posthog import Posthog
from task import at, task, until_told_to_end

client = Posthog(task["key"], host=task["host"], **task["options"])

if task["story"]:
    client.capture(
        "page seen", distinct_id="visitor-1", properties=task["properties"], timestamp=at(1)
    )
    client.capture(
        "ordered",
        distinct_id="ann",
        properties={"total": 12.5, "$set": {"plan": "pro"}, "$set_once": {"first_page": "/order"}},
        groups={"company": "acme"},
        timestamp=at(2),
    )
    client.capture(
        "job done",
        distinct_id="nobody",
        properties={"$process_person_profile": False, "$set": {"plan": "none"}},
        uuid="0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c44",
        timestamp=at(3),
    )
    client.set(distinct_id="ann", properties={"name": "Ann", "seats": 3}, timestamp=at(4))
    client.set_once(distinct_id="ann", properties={"first_page": "/pricing"}, timestamp=at(5))
    client.alias(previous_id="visitor-1", distinct_id="ann", timestamp=at(6))
    client.group_identify("company", "acme", {"size": 50}, distinct_id="ann", timestamp=at(7))
for n in range(1, task["count"] + 1):
    client.capture(
        "numbered", distinct_id=f"visitor-{n % 3}", properties={"n": n}, timestamp=at(n)
    )
until_told_to_end()
client.shutdown()
