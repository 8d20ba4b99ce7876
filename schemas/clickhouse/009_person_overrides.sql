-- What the journal comes to: which person a linked distinct_id is. Whoever knew more of the journal has the
-- greater version. Derived: it may be emptied at any time, and is then written anew.
CREATE TABLE IF NOT EXISTS person_overrides
(
    project_id LowCardinality(String),
    distinct_id String,
    id UInt64 MATERIALIZED sipHash64(project_id, distinct_id),
    -- The distinct_id after which the person is numbered.
    canonical String,
    person UInt64 MATERIALIZED sipHash64(project_id, canonical),
    -- Equal for all distinct_ids that links connect, whether the links hold or not.
    root String,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project_id, id)
