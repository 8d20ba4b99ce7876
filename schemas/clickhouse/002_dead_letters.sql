-- A record that can never become a row, kept with the reason, so that it can be seen and replayed.
CREATE TABLE IF NOT EXISTS dead_letters
(
    project_id LowCardinality(String),
    record_key String,
    record String,
    error String,
    log_id LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    shard LowCardinality(String),
    seq UInt64,
    idx UInt32,
    dead_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (project_id, log_id, log_partition, log_offset)
SETTINGS non_replicated_deduplication_window = 1000
