-- The journal from which persons are resolved: what links one distinct_id to another, and what undoes a
-- link. Rows are added, never changed; those of events can be read from the events again.
CREATE TABLE IF NOT EXISTS person_links
(
    project_id LowCardinality(String),
    uuid UUID,
    kind LowCardinality(String),
    from_id String,
    to_id String,
    -- Of an undo and a redo: the link that is meant.
    target UUID,
    timestamp DateTime64(3, 'UTC'),
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (project_id, uuid, timestamp, from_id, to_id)
