-- That a dead letter was put on the log again, and how that record is found: by its shard and seq it
-- is in events, or in dead_letters once more. Beside the letters, because those are never changed.
CREATE TABLE IF NOT EXISTS dead_letter_replays
(
    project_id LowCardinality(String),
    log_id LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    shard LowCardinality(String),
    seq UInt64,
    uuid String,
    corrected Bool,
    replayed_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (project_id, log_id, log_partition, log_offset, shard, seq)
SETTINGS non_replicated_deduplication_window = 1000
