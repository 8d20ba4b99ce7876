-- Known by the log's header also when the record is not readable. The default is for older letters: it
-- finds the name in a text that no JSON parser takes.
ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS uuid String DEFAULT simpleJSONExtractString(record, 'uuid')
