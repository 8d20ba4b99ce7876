// The tests' side of the stand-in (core-stand-in.ts): tells it what to answer, asks what it got.
import { decodeFrames, type EventRecord } from '@headwater/schemas/record'
import { decodeRecord } from '@headwater/schemas/record-json'
import type { WriteKey } from '@headwater/schemas/write-key'
import type { Answer, Attempt } from './core-stand-in.ts'

const CONTROL = 'http://control.test'
const POLL_MS = 10
const TIMEOUT_MS = 30_000

export const core = {
  /** The next calls of this shard are answered so; after them every batch is acknowledged. */
  async willAnswer(shard: string, ...answers: Answer[]): Promise<void> {
    await post(`${CONTROL}/answers?shard=${encodeURIComponent(shard)}`, answers)
  },
  async attempts(shard: string): Promise<Attempt[]> {
    const response = await fetch(`${CONTROL}/attempts?shard=${encodeURIComponent(shard)}`)
    return response.json()
  },
  /** The hosts of all bridges that ever got a batch with this text in it, whatever they answered. */
  async bridgesThatGot(text: string): Promise<string[]> {
    const response = await fetch(`${CONTROL}/bridges?text=${encodeURIComponent(text)}`)
    return response.json()
  },
  /** What the bridge acknowledged, oldest first. */
  async acknowledged(shard: string): Promise<Attempt[]> {
    return (await this.attempts(shard)).filter(({ status }) => status === 200)
  },
  async revokes(revoked: WriteKey[], isDown = false, auth = 'auth.test'): Promise<void> {
    await post(`${CONTROL}/revocations?auth=${auth}`, { revoked, isDown })
  },
}

/** Looks again and again until something is found; throws what it was waiting for. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | null | undefined | false>,
): Promise<Found> {
  const deadline = Date.now() + TIMEOUT_MS
  while (Date.now() < deadline) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error(`waited ${TIMEOUT_MS} ms for: ${what}`)
}

/** The records of a batch's bytes. */
export function recordsOf(body: string): EventRecord[] {
  return decodeFrames(body).map(({ json }) => decodeRecord(json))
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  await response.text()
}
