import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Fault } from './fault-proxy.ts'
import { type Program, startProgram } from './program.ts'
import type { Project, StoredEvent } from './project.ts'
import { timeOf } from './story.ts'

/** A client that is judged, and what makes it quick: its own public options. */
export interface Judged {
  program: Program
  /** Few events at a time, short waits before a retry, a short timeout. */
  options: Record<string, unknown>
  /** What an outage of ours would answer in its dialect, and it retries. */
  faults: Fault[]
}

const COUNT = 40
const AWAY_MS = 1_500

/** Tells of one client that it delivers each event once, whatever happens on the way. */
export function itSurvives({ program, options, faults }: Judged, open: () => Project): void {
  it('delivers each event once through answers of an overload, cut connections and lost answers', async () => {
    const project = open()
    // Each is one try of a batch, which comes again: clients give up after some tries.
    project.proxy.script = faults.flatMap((fault): Fault[] => [fault, 'pass'])
    const running = startProgram(program, project, { count: COUNT, options })
    const { output } = await running.end()
    const { seen, script } = project.proxy
    const facts = JSON.stringify({ output, seen })
    expect(script, facts).toEqual([])
    expect(numbered(await project.events()), facts).toEqual(expected(running.task.startedAt))
  })

  it('delivers each event once that it captured while the host was away', async () => {
    const project = open()
    await project.proxy.goAway()
    const running = startProgram(program, project, { count: COUNT, options })
    await running.captured
    await sleep(AWAY_MS)
    await project.proxy.comeBack()
    const { output } = await running.end()
    expect(numbered(await project.events()), output).toEqual(expected(running.task.startedAt))
  })
}

const numbered = (events: StoredEvent[]) =>
  events.map(({ event, timestamp, properties }) => [event, Number(properties.n), timestamp])

const expected = (startedAt: number) =>
  Array.from({ length: COUNT }, (_, i) => ['numbered', i + 1, timeOf({ startedAt }, i + 1)])
