"""The calls that programs make whose clients follow Segment's spec."""

from task import at, task


def make_calls(client):
    """Makes the calls of the task: those of the story, then the numbered ones."""
    if task["story"]:
        url = "https://shop.example/pricing?utm_source=news"
        client.track(
            anonymous_id="visitor-1",
            event="page seen",
            properties=task["properties"],
            timestamp=at(1),
        )
        client.page(
            anonymous_id="visitor-1",
            category="docs",
            name="Pricing",
            properties={"url": url},
            timestamp=at(2),
        )
        client.identify(
            "ann", {"name": "Ann", "seats": 3}, anonymous_id="visitor-1", timestamp=at(3)
        )
        client.group("ann", "acme", {"size": 50}, timestamp=at(4))
        client.track(
            "ann",
            "ordered",
            {"total": 12.5},
            context={"groupId": "acme", "traits": {"plan": "old"}},
            timestamp=at(5),
        )
        client.screen("ann", name="Basket", properties={"items": 2}, timestamp=at(6))
        client.track("ann@example.com", "mail read", timestamp=at(7))
        client.alias("ann@example.com", "ann", timestamp=at(8))
    for n in range(1, task["count"] + 1):
        client.track(f"visitor-{n % 3}", "numbered", {"n": n}, timestamp=at(n))
