import { DROP_REASONS, type DroppedEvent, type DropReason } from '@headwater/schemas/event'
import type { ShardStats } from './buffer-object.ts'
import { type EdgeEnv, edgeConfig } from './config.ts'
import { shardStub } from './durable-buffer.ts'
import { CAPTURE_STATUS, type CaptureErrorCode } from './errors.ts'

// Counts of this isolate; the shards' own figures below are those of the whole edge.
// Every count is there from the start: Prometheus sees no growth in one that begins at 1.
let accepted = 0
const dropped = zeros(Object.keys(DROP_REASONS) as DropReason[])
const rejected = zeros(Object.keys(CAPTURE_STATUS) as CaptureErrorCode[])

export function countVerdicts(
  acceptedEvents: number,
  droppedEvents: readonly DroppedEvent[],
): void {
  accepted += acceptedEvents
  for (const { reason } of droppedEvents) dropped.set(reason, (dropped.get(reason) ?? 0) + 1)
}

export function countRejection(code: CaptureErrorCode): void {
  rejected.set(code, (rejected.get(code) ?? 0) + 1)
}

type Kind = 'counter' | 'gauge'
type Sample = [labels: string, value: number]

/** The edge's figures as Prometheus text. A shard that does not answer is shown as down, not left out. */
export async function metricsText(env: EdgeEnv): Promise<string> {
  const shards = await readShards(env)
  const up = shards.flatMap(({ region, stats }) =>
    stats ? [{ stats, labels: `region="${region}",shard="${stats.shard}"` }] : [],
  )
  const perShard = (value: (stats: ShardStats) => number): Sample[] =>
    up.map(({ labels, stats }) => [labels, value(stats)])
  const flushes = up.flatMap(({ labels, stats }) =>
    Object.entries(stats.flushes).map(
      ([outcome, count]): Sample => [`${labels},outcome="${outcome}"`, count],
    ),
  )
  return [
    metric('accepted_events_total', 'counter', 'Events accepted by this isolate', [['', accepted]]),
    metric(
      'dropped_events_total',
      'counter',
      'Events dropped by this isolate',
      byLabel('reason', dropped),
    ),
    metric(
      'rejected_requests_total',
      'counter',
      'Requests refused by this isolate',
      byLabel('code', rejected),
    ),
    metric(
      'shard_up',
      'gauge',
      'Whether the shard answered',
      shards.map(
        ({ region, name, stats }): Sample => [`region="${region}",name="${name}"`, stats ? 1 : 0],
      ),
    ),
    metric(
      'backlog_bytes',
      'gauge',
      'Bytes held until the bridge acknowledges',
      perShard((s) => s.backlog_bytes),
    ),
    metric(
      'backlog_events',
      'gauge',
      'Events held until the bridge acknowledges',
      perShard((s) => s.backlog_events),
    ),
    metric(
      'oldest_age_seconds',
      'gauge',
      'Age of the oldest event held',
      perShard((s) => s.oldest_age_ms / 1000),
    ),
    metric(
      'buffered_events_total',
      'counter',
      'Events stored by the shard since it started',
      perShard((s) => s.commits.events),
    ),
    metric(
      'buffer_appends_total',
      'counter',
      'Calls that appended',
      perShard((s) => s.commits.appends),
    ),
    metric(
      'buffer_commits_total',
      'counter',
      'Storage commits of appends',
      perShard((s) => s.commits.commits),
    ),
    metric(
      'buffer_rows_total',
      'counter',
      'Rows written by appends',
      perShard((s) => s.commits.rows),
    ),
    metric('flushes_total', 'counter', 'Batches sent, by outcome', flushes),
    metric(
      'set_aside_batches',
      'gauge',
      'Batches the bridge refused for good, kept',
      perShard((s) => s.set_aside_batches),
    ),
    metric(
      'set_aside_events',
      'gauge',
      'Events in those batches',
      perShard((s) => s.set_aside_events),
    ),
  ].join('')
}

interface ShardFacts {
  region: string
  name: string
  stats: ShardStats | null
}

function readShards(env: EdgeEnv): Promise<ShardFacts[]> {
  const regions = [...edgeConfig(env).regions.values()]
  const all = regions.flatMap(({ name: region, shards }) =>
    shards.map((name) => ({ region, name })),
  )
  return Promise.all(
    all.map(async (shard) => ({ ...shard, stats: await statsOf(env, shard.name) })),
  )
}

/** What a shard says of itself; null when it does not answer. */
export async function statsOf(env: EdgeEnv, shard: string): Promise<ShardStats | null> {
  try {
    return await shardStub(env, shard).stats()
  } catch (error) {
    console.warn(`shard ${shard} does not answer: ${error}`)
    return null
  }
}

function zeros<Key>(keys: readonly Key[]): Map<Key, number> {
  return new Map(keys.map((key) => [key, 0]))
}

function byLabel(label: string, counts: ReadonlyMap<string, number>): Sample[] {
  return [...counts].map(([value, count]) => [`${label}="${value}"`, count])
}

function metric(name: string, kind: Kind, help: string, samples: readonly Sample[]): string {
  const full = `headwater_edge_${name}`
  const lines = samples.map(([labels, value]) => `${full}${labels && `{${labels}}`} ${value}\n`)
  return `# HELP ${full} ${help}.\n# TYPE ${full} ${kind}\n${lines.join('')}`
}
