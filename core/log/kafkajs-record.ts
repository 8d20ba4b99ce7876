import type { KafkaMessage } from 'kafkajs'
import { toStoredRecord } from './kafka-record.ts'
import type { StoredRecord } from './log.ts'

export function toRecords(messages: readonly KafkaMessage[]): StoredRecord[] {
  return messages.map(({ offset, timestamp, key, value, headers }) =>
    toStoredRecord({
      offset: Number(offset),
      timestamp: Number(timestamp),
      key: key?.toString() ?? '',
      value: value?.toString() ?? '',
      header: (name) => headers?.[name]?.toString() ?? null,
    }),
  )
}
