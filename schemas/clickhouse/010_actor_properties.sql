-- What events say of persons and groups beside themselves: of each distinct_id or group and property the
-- last $set and $unset, the first and last $set_once, every $add. Derived from the events, as
-- person_overrides is from the journal.
CREATE TABLE IF NOT EXISTS actor_properties
(
    project_id LowCardinality(String),
    -- A group's type; '' for persons.
    group_type LowCardinality(String),
    name String,
    -- The distinct_id, or the group's key.
    owner String,
    id UInt64 MATERIALIZED sipHash64(project_id, owner),
    kind LowCardinality(String),
    -- Tells the numbers that are added apart; 0 for all other kinds, of which one is kept.
    slot UInt64,
    -- Grows with the time of the event; of equal times one is greater for good.
    rank UInt64,
    version UInt64 MATERIALIZED if(kind = 'first', bitNot(rank), rank),
    -- As JSON.
    value String,
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3),
    INDEX by_id id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project_id, group_type, name, id, kind, slot)
