-- One row per event. The key puts a rare event's rows together and one person's rows of an event in
-- order of time; its tail (timestamp, uuid) lets a late second copy of an event merge away.
CREATE TABLE IF NOT EXISTS events
(
    uuid UUID,
    project_id LowCardinality(String),
    event LowCardinality(String),
    distinct_id String,
    person_id UInt64 MATERIALIZED sipHash64(project_id, distinct_id),
    timestamp DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    sent_at DateTime64(3, 'UTC'),
    time_note LowCardinality(String),
    properties JSON(max_dynamic_paths = 64),
    person_set JSON(max_dynamic_paths = 0),
    person_set_once JSON(max_dynamic_paths = 0),
    session_id String,
    sequence UInt64,
    country LowCardinality(String),
    region LowCardinality(String),
    city LowCardinality(String),
    time_zone LowCardinality(String),
    browser LowCardinality(String),
    browser_version LowCardinality(String),
    os LowCardinality(String),
    os_version LowCardinality(String),
    device_type LowCardinality(String),
    current_url String,
    host LowCardinality(String),
    pathname String,
    referrer String,
    referring_domain LowCardinality(String),
    channel LowCardinality(String),
    utm_source LowCardinality(String),
    utm_medium LowCardinality(String),
    utm_campaign LowCardinality(String),
    utm_term LowCardinality(String),
    utm_content LowCardinality(String),
    is_bot Bool,
    lib LowCardinality(String),
    lib_version LowCardinality(String),
    -- Where the row came from: the insert itself is the consumer's commit.
    log_id LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    shard LowCardinality(String),
    seq UInt64,
    idx UInt32,
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3),
    INDEX by_offset log_offset TYPE minmax GRANULARITY 1,
    INDEX by_received received_at TYPE minmax GRANULARITY 1,
    INDEX by_distinct_id distinct_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (project_id, event, toStartOfMonth(timestamp), person_id, timestamp, uuid)
SETTINGS
    index_granularity = 8192,
    non_replicated_deduplication_window = 1000,
    object_shared_data_serialization_version = 'map_with_buckets'
