import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import type { Fault } from './fault-proxy.ts'
import type { Project } from './project.ts'
import type { Visitor } from './visitor.ts'

/** A client on a page that is judged. */
export interface JudgedPage {
  project: Project
  visitor: Visitor
  /** Opens a page on which the client has started. */
  open(): Promise<Page>
  /** Captures events named `numbered` with these numbers in their property `n`. */
  capture(page: Page, numbers: readonly number[]): Promise<unknown>
}

const EVENTS_PER_FAULT = 3
const OFFLINE_MS = 1_500
/** Who sends offsets reads the clock again when it sends. A retry would be late by seconds. */
const CLOCK_MS = 500
/** posthog-js waits for some ten seconds before a second try. */
const PATIENCE_MS = 90_000

/** @param faults What an outage of ours would answer in the client's dialect, and it retries. */
export function itSurvivesOnAPage(faults: readonly Fault[], judged: () => JudgedPage): void {
  it('delivers each event once through answers of an overload, cut connections and lost answers', async () => {
    const { project, open, capture } = judged()
    const page = await open()
    const sent: Sent[] = []
    for (const fault of faults) {
      project.proxy.script = [fault]
      const numbers = Array.from({ length: EVENTS_PER_FAULT }, (_, i) => sent.length + i + 1)
      const from = Date.now()
      await capture(page, numbers)
      sent.push(...numbers.map((n) => ({ n, from, to: Date.now() })))
      await expect.poll(() => project.proxy.script).toEqual([])
    }
    await untilStored(project, sent)
  })

  it('delivers each event once that it captured while the browser was offline', async () => {
    const { project, visitor, open, capture } = judged()
    const page = await open()
    const from = Date.now()
    await capture(page, [1, 2])
    await visitor.setOffline(true)
    await capture(page, [3, 4, 5])
    const to = Date.now()
    await sleep(OFFLINE_MS)
    await visitor.setOffline(false)
    await untilStored(
      project,
      [1, 2, 3, 4, 5].map((n) => ({ n, from, to })),
    )
  })
}

/** An event, and between which times it was captured: ms. */
interface Sent {
  n: number
  from: number
  to: number
}

/** Waits until all of them are stored, once and with their times. */
async function untilStored(project: Project, sent: readonly Sent[]): Promise<void> {
  const stored = async () => {
    const events = (await project.events()).filter(({ event }) => event === 'numbered')
    return events.map((event) => ({
      n: Number(event.properties.n),
      at: Date.parse(event.timestamp),
    }))
  }
  const isStored = async () => {
    const there = await stored()
    return sent.every(({ n }) => there.some((event) => event.n === n))
  }
  // What is missing is said below, with what became of the requests.
  await vi.waitUntil(isStored, { timeout: PATIENCE_MS, interval: 200 }).catch(() => {})
  const events = (await stored()).toSorted((a, b) => a.n - b.n)
  const seen = JSON.stringify(project.proxy.seen)
  expect(
    events.map(({ n }) => n),
    seen,
  ).toEqual(sent.map(({ n }) => n))
  const isInTime = ({ from, to }: Sent, i: number) => {
    const at = events[i]?.at ?? 0
    return at >= from - CLOCK_MS && at <= to + CLOCK_MS
  }
  expect(
    sent.filter((event, i) => !isInTime(event, i)),
    JSON.stringify(events),
  ).toEqual([])
}
