// `npm run rewind-consumers`: after ClickHouse was restored from a backup, tells the consumers to go on where
// that one stands. By themselves they would do nearly that; but charts would say that they are complete
// while they are not yet, and an insert that the backup has in half would stay so.
import { parseArgs } from 'node:util'
import { CONSUMER_GROUP } from '../../core/consumer/start.ts'
import { storePlaces } from '../../core/consumer/store-places.ts'
import type { Config } from '../../core/shared/config.ts'
import { openConfiguredStore } from '../../core/store/open.ts'
import { readOperatorConfig, runCommand, UsageError } from './config.ts'
import { Topics } from './topic.ts'

const USAGE = `Usage: npm run rewind-consumers [-- --env FILE]
Stop every consumer first. KAFKA_BROKERS, KAFKA_TOPIC and CLICKHOUSE_URL say where log and store are.`

/** Moves the group back to where the store stands. Rejects while it has members. */
export async function rewindConsumers(config: Config, say: (line: string) => void): Promise<void> {
  const topic = config.KAFKA_TOPIC
  const topics = new Topics(config)
  const store = await openConfiguredStore(config)
  try {
    await topics.require(topic)
    const log = await topics.open(topic)
    const offsets = new Map<number, number>()
    for (const { partition, start } of await log.partitions()) {
      const next = await storePlaces(store).nextOffset({ logId: log.id, partition })
      // Of the calls of a partition only the last one can be in half: what it has stored is skipped.
      offsets.set(partition, Math.max(start, next - config.CONSUMER_BATCH_ROWS))
    }
    await log.close()
    await topics.moveGroup(topic, CONSUMER_GROUP, offsets).catch((error: unknown) => {
      const why = 'the consumers could not be moved; are all of them stopped?'
      throw new Error(`${why} (${error instanceof Error ? error.message : error})`)
    })
    for (const [partition, offset] of offsets) say(`partition ${partition}: from offset ${offset}`)
    const standings = await topics.standings(topic, CONSUMER_GROUP)
    const behind = standings.reduce((sum, standing) => sum + standing.behind, 0)
    say(`${behind} records to read. Start the consumers.`)
  } finally {
    await Promise.all([topics.close(), store.close()])
  }
}

if (import.meta.main) {
  await runCommand(USAGE, async () => {
    const argv = process.argv.slice(2)
    try {
      parseArgs({ args: argv, options: { env: { type: 'string' } } })
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error))
    }
    await rewindConsumers(readOperatorConfig(argv), (line) => console.log(line))
  })
}
