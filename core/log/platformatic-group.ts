import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from '@platformatic/kafka'
import { FETCH_BYTES, FETCH_BYTES_OF_ALL, type KafkaLogOptions } from './kafka.ts'
import type { PartitionHandler, ReadOptions, Subscription } from './log.ts'
import { PartitionCalls, type Standing } from './partition-calls.ts'
import { type Fetched, PartitionFetcher } from './platformatic-fetch.ts'
import type { Generation } from './platformatic-generation.ts'
import { Membership } from './platformatic-membership.ts'
import { orAborted, retryUntil } from './retry.ts'

export interface GroupDeps {
  admin: Admin
  options: KafkaLogOptions
  group: string
  handler: PartitionHandler
  read: ReadOptions
  standings(): Promise<Map<number, Standing>>
}

const RETRY_MS = 250
/** Joins a consumer group of Kafka. Resolves when the group has given this member its partitions. */
export async function joinPlatformaticGroup(deps: GroupDeps): Promise<Subscription> {
  const member = new GroupMember(deps)
  await member.joined
  return { close: () => member.leave() }
}

class GroupMember {
  readonly #deps: GroupDeps
  readonly #membership: Membership
  readonly #left = new AbortController()
  readonly #joined = Promise.withResolvers<void>()
  readonly #ended: Promise<void>

  constructor(deps: GroupDeps) {
    this.#deps = deps
    this.#membership = new Membership(deps.admin, deps.group, deps.options)
    this.#ended = this.#run()
    this.#ended.catch(this.#joined.reject)
  }

  get joined(): Promise<void> {
    return this.#joined.promise
  }

  async leave(): Promise<void> {
    this.#left.abort()
    await this.#ended
  }

  async #run(): Promise<void> {
    const left = this.#left.signal
    for (;;) {
      const generation = await this.#membership.join(left)
      if (!generation) break
      const lose = () => generation.lose()
      left.addEventListener('abort', lose, { once: true })
      if (left.aborted) lose()
      await this.#serve(generation)
      left.removeEventListener('abort', lose)
      await generation.end()
    }
    await this.#membership.leave()
  }

  // Every generation anew, also for partitions that stay: another member may have had them in between.
  async #serve(generation: Generation): Promise<void> {
    const { lost, partitions } = generation
    const standings = await retryUntil(lost, () => orAborted(lost, this.#deps.standings()))
    if (!standings) return
    const ended = partitions.map((partition) =>
      this.#readPartition(partition, standings.get(partition) ?? null, generation),
    )
    this.#joined.resolve()
    await Promise.all([...ended, untilAborted(lost)])
  }

  /** Resolves when the generation is lost, and no call of the partition is under way. */
  async #readPartition(
    partition: number,
    standing: Standing | null,
    generation: Generation,
  ): Promise<void> {
    const { admin, options, handler, read } = this.#deps
    const calls = new PartitionCalls({
      partition,
      handler,
      standing,
      keep: (standing) => generation.keep(partition, standing),
      maxRecords: read.maxRecords,
    })
    const maxBytes = Math.min(
      FETCH_BYTES,
      Math.ceil(FETCH_BYTES_OF_ALL / generation.partitions.length),
    )
    const { lingerMs } = read
    const fetcher = new PartitionFetcher({ admin, options, partition, lingerMs, maxBytes })
    const close = () => void fetcher.close()
    generation.lost.addEventListener('abort', close, { once: true })
    try {
      await this.#giveAll(calls, fetcher, generation.lost)
    } catch (error) {
      // A standing could not be kept: the partition is another's, or soon will be.
      this.#warn('kafka_partition_lost', partition, error)
      generation.lose()
    }
    await fetcher.close()
    await handler.revoked(partition).catch((error: unknown) => {
      this.#warn('kafka_revoke', partition, error)
    })
  }

  async #giveAll(calls: PartitionCalls, fetcher: PartitionFetcher, lost: AbortSignal) {
    let offset = await calls.start(lost)
    while (offset !== null && !lost.aborted) {
      const fetched = await this.#fetch(fetcher, offset, lost)
      // Nothing is fetched while a call is under way: the handler sets the pace.
      if (!fetched || !(await calls.give(fetched.records, lost))) return
      offset = fetched.next
    }
  }
  /** Asks until there is an answer; null when the generation is lost. */
  async #fetch(
    fetcher: PartitionFetcher,
    offset: number,
    lost: AbortSignal,
  ): Promise<Fetched | null> {
    while (!lost.aborted) {
      try {
        return await orAborted(lost, fetcher.fetch(offset))
      } catch (error) {
        if (lost.aborted) break
        this.#warn('kafka_fetch', fetcher.partition, error)
        await sleep(RETRY_MS, undefined, { signal: lost }).catch(() => {})
      }
    }
    return null
  }

  #warn(event: string, partition: number, error: unknown): void {
    const { options, group } = this.#deps
    options.logger.log('warn', event, { group, partition, error: String(error) })
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
