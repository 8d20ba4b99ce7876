-- A consumer reads its place back from what was inserted of late, however long an edge held it before.
ALTER TABLE events ADD INDEX IF NOT EXISTS by_inserted inserted_at TYPE minmax GRANULARITY 1
