import { type SharedPart, sharedPart } from '@headwater/schemas/record-json'
import { parseTime } from '@headwater/schemas/time'
import { accept } from './accept.ts'
import { BufferError, type EventBuffer, shardOf } from './buffer.ts'
import type { EdgeConfig } from './config.ts'
import type { Dialect, Judged, Message } from './dialects/dialect.ts'
import type { RequestContext } from './enrich.ts'
import { CaptureError } from './errors.ts'
import { Gathering, type KeepAlive, type Place } from './gather.ts'
import type { Geo } from './geo.ts'
import { oneKey, type WriteKeys } from './write-keys.ts'

/**
 * A request whose body is here, in plain values: another request's context may judge it, which could
 * not touch the runtime's own objects.
 */
export interface Arrival extends Message {
  dialect: Dialect
  userAgent: string
  /** Whose request it is; empty where nothing says it. */
  ip: string
  /** The page was fetched ahead of a visit that may never come. */
  isPrefetch: boolean
  geo: SharedPart<Geo>
  receivedAt: number
}

/** Verdicts on events that are all held by now, or the key that must be verified first. */
export type Outcome = (Judged & { unverified?: undefined }) | { unverified: string }

export interface IntakeDeps {
  config: EdgeConfig
  writeKeys: WriteKeys
  buffer: EventBuffer
}

const MAX_SENT_AT_MS = Date.UTC(2200, 0, 1)

/**
 * Takes arrivals into the buffer, those of one isolate together: their JSON is judged in one go, which
 * costs a third of judging each between the runtime's other work, and they share one call per shard.
 */
export class Intake {
  readonly #gathering = new Gathering<Arrival, Outcome>()

  /** Resolves after every accepted event is held. Rejects with a CaptureError that says why not. */
  take(arrival: Arrival, deps: IntakeDeps, keepAlive: KeepAlive): Promise<Outcome> {
    const work = (places: readonly Place<Arrival, Outcome>[]) => takeTogether(places, deps)
    // Without sharing every request is a group of its own, in its own context.
    const gathering = deps.config.shareCalls ? this.#gathering : new Gathering<Arrival, Outcome>()
    return gathering.join(arrival, arrival.payload.length, work, keepAlive)
  }
}

/** An arrival whose accepted events are on their way to the shards. */
interface Pending {
  place: Place<Arrival, Outcome>
  outcome: Outcome
  /** Shards that do not hold their part yet. */
  shards: number
}

/** What one shard is to hold of a group, and whose it is. */
interface ShardCall {
  frames: string[]
  pending: Pending[]
}

async function takeTogether(
  places: readonly Place<Arrival, Outcome>[],
  deps: IntakeDeps,
): Promise<void> {
  const calls = new Map<string, ShardCall>()
  for (const place of places) {
    try {
      judge(place, deps, calls)
    } catch (error) {
      place.reject(error)
    }
  }
  await Promise.all([...calls].map(([shard, call]) => hold(deps.buffer, shard, call)))
}

/** Judges one arrival's events and adds the accepted ones to their shards' calls. */
function judge(
  place: Place<Arrival, Outcome>,
  { config, writeKeys }: IntakeDeps,
  calls: Map<string, ShardCall>,
): void {
  const arrival = place.item
  const { items, keys, sentAt, isHistorical, uuids } = arrival.dialect.decode(arrival)
  const key = oneKey(keys)
  if (!writeKeys.isVerified(key)) {
    place.resolve({ unverified: key })
    return
  }
  const { projectId, region } = writeKeys.ownerOf(key)
  const times = { sentAt: plausibleTime(sentAt), isHistorical }
  const context = contextOf(arrival, projectId, times, config)
  const { accepted, dropped } = accept(items, context)
  const pending = { place, outcome: { accepted: accepted.length, dropped, uuids }, shards: 0 }
  for (const { distinct_id, frame } of accepted) {
    const call = callOf(calls, shardOf(region, projectId, distinct_id))
    call.frames.push(frame)
    // Arrivals are judged one after the other: the last one of a call is this one, or it is not in it.
    if (call.pending.at(-1) === pending) continue
    call.pending.push(pending)
    pending.shards++
  }
  if (accepted.length === 0) place.resolve(pending.outcome)
}

function callOf(calls: Map<string, ShardCall>, shard: string): ShardCall {
  const known = calls.get(shard)
  if (known) return known
  const call: ShardCall = { frames: [], pending: [] }
  calls.set(shard, call)
  return call
}

async function hold(
  buffer: EventBuffer,
  shard: string,
  { frames, pending }: ShardCall,
): Promise<void> {
  try {
    await buffer.append(shard, frames)
    for (const part of pending) if (--part.shards === 0) part.place.resolve(part.outcome)
  } catch (error) {
    const reason = captureError(error)
    for (const { place } of pending) place.reject(reason)
  }
}

function captureError(error: unknown): unknown {
  if (!(error instanceof BufferError)) return error
  if (error.cause) console.warn(`append failed: ${error.cause}`)
  return new CaptureError(error.code, error.message)
}

function contextOf(
  { receivedAt, userAgent, ip, isPrefetch, geo }: Arrival,
  projectId: string,
  { sentAt, isHistorical }: Pick<RequestContext, 'sentAt' | 'isHistorical'>,
  { keepIp, writeKeySecret: secret }: EdgeConfig,
): RequestContext {
  const request = sharedPart({
    project_id: projectId,
    received_at: receivedAt,
    sent_at: sentAt ?? 0,
  })
  return {
    projectId,
    receivedAt,
    sentAt,
    isHistorical,
    userAgent,
    ip,
    secret,
    isPrefetch,
    request,
    geo,
    keepIp,
  }
}

// A sent_at of the year 292,277 says nothing about a clock, and the store could not hold it.
function plausibleTime(said: string | number | null): number | null {
  const ms = said === null ? null : parseTime(said)
  return ms !== null && ms > 0 && ms < MAX_SENT_AT_MS ? ms : null
}
