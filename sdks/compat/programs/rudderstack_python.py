"""An application on a server that uses RudderStack's rudder-sdk-python."""

from rudderstack.analytics.client import Client
from segment_calls import make_calls
from task import task, until_told_to_end

client = Client(task["key"], host=task["host"], **task["options"])
make_calls(client)
until_told_to_end()
client.shutdown()
