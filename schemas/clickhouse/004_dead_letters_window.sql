-- As for events.
ALTER TABLE dead_letters MODIFY SETTING non_replicated_deduplication_window = 100000
