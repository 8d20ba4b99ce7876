// A member of a consumer group as a process of its own, so that a test can stop it in the middle of a
// call, and let it go on when the group has long replaced it. Started by log-faults.test.ts.
import { on } from 'node:events'
import { type KafkaClient, openKafkaLog } from '../../core/log/kafka.ts'
import { jsonLogger } from '../../core/shared/logger.ts'

export interface MemberOptions {
  client: KafkaClient
  brokers: string[]
  topic: string
  group: string
  sessionTimeoutMs: number
}

/** What it tells its parent. */
export type MemberMessage =
  | { is: 'assigned'; partition: number; committed: number | null }
  | { is: 'given'; partition: number; offsets: number[] }
  | { is: 'handled'; partition: number }
  | { is: 'revoked'; partition: number }

const tell = (message: MemberMessage) => process.send?.(message)
const options = JSON.parse(process.argv[2] ?? '{}') as MemberOptions
const log = await openKafkaLog(options.client, {
  ...options,
  partitions: 1,
  replication: 1,
  retentionMs: 3_600_000,
  logger: jsonLogger(`member ${options.client}`, 'error'),
})
/** Each message of the parent lets one call end. */
const allowed = on(process, 'message')

await log.subscribe(
  options.group,
  {
    async assigned(partition, committed) {
      tell({ is: 'assigned', partition, committed })
      return committed ?? 0
    },
    async handle(partition, records) {
      tell({ is: 'given', partition, offsets: records.map(({ offset }) => offset) })
      // As a store would that takes the records, whatever became of the membership meanwhile.
      await allowed.next()
      tell({ is: 'handled', partition })
    },
    async revoked(partition) {
      tell({ is: 'revoked', partition })
    },
  },
  { maxRecords: 10, lingerMs: 50 },
)
