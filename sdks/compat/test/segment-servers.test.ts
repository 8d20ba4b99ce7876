import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Fault } from './fault-proxy.ts'
import { type Program, startProgram } from './program.ts'
import { openProject, type Project } from './project.ts'
import { PROPERTIES, timeOf } from './story.ts'
import { itSurvives } from './survival.ts'

interface Client {
  program: Program | null
  /** What it calls itself. */
  lib: string
  /** Hurries it: few events at a time, short waits, a timeout of a second. */
  options: Record<string, unknown>
  faults: Fault[]
}

const python = inject('python')
const inPython = (file: string): Program | null => (python ? { file, command: python } : null)
const TIMEOUT_S = 1

/** An outage answers their dialect with 429; 5xx comes of what stands before us. */
const FAULTS: Fault[] = [
  { status: 429, retryAfterS: 1 },
  { status: 503 },
  { status: 500 },
  'cut',
  'cut after',
]
const LATE: Fault = { lateMs: TIMEOUT_S * 2_000 }

const CLIENTS: Record<string, Client> = {
  '@segment/analytics-node': {
    program: { file: 'segment-node.ts' },
    lib: '@segment/analytics-node',
    options: { flushAt: 5, flushInterval: 200, httpRequestTimeout: TIMEOUT_S * 1_000 },
    faults: [...FAULTS, LATE],
  },
  'segment-analytics-python': {
    program: inPython('segment_python.py'),
    lib: 'analytics-python',
    options: { gzip: true, upload_size: 5, upload_interval: 0.2, timeout: TIMEOUT_S },
    faults: [...FAULTS, LATE],
  },
  '@rudderstack/rudder-sdk-node': {
    program: { file: 'rudderstack-node.ts' },
    lib: 'analytics-node',
    options: { flushAt: 5, flushInterval: 200, retryCount: 6 },
    // By itself it waits for an answer without end, and does not retry when it is given a limit.
    faults: FAULTS,
  },
  'rudder-sdk-python': {
    program: inPython('rudderstack_python.py'),
    lib: 'analytics-python',
    options: { upload_size: 5, upload_interval: 0.2, timeout: TIMEOUT_S },
    faults: [...FAULTS, LATE],
  },
}

let project: Project
beforeEach(async () => {
  project = await openProject()
})
afterEach(() => project.close())

for (const [name, { program, lib, options, faults }] of Object.entries(CLIENTS)) {
  describe.skipIf(program === null)(name, () => {
    if (program === null) return

    it('keeps name, time, person and properties of every call, and complains of nothing', async () => {
      const { task, end } = startProgram(program, project, { story: true })
      expect(await end()).toEqual({ code: 0, output: '' })
      expect(project.proxy.refused).toEqual([])
      const events = await project.wholeEvents()
      const visitor = (seconds: number) => ({
        distinct_id: 'visitor-1',
        timestamp: timeOf(task, seconds),
      })
      const ann = (seconds: number) => ({ distinct_id: 'ann', timestamp: timeOf(task, seconds) })
      expect(events).toMatchObject([
        { event: 'page seen', ...visitor(1), properties: { ...PROPERTIES, $lib: lib } },
        {
          event: '$pageview',
          ...visitor(2),
          properties: {
            name: 'Pricing',
            category: 'docs',
            $current_url: 'https://shop.example/pricing?utm_source=news',
            utm_source: 'news',
          },
        },
        {
          event: '$identify',
          ...ann(3),
          properties: { $anon_distinct_id: 'visitor-1' },
          person_set: { name: 'Ann', seats: 3 },
        },
        {
          event: '$groupidentify',
          ...ann(4),
          properties: { $group_type: 'group', $group_key: 'acme', $group_set: { size: 50 } },
        },
        { event: 'ordered', ...ann(5), properties: { total: 12.5, $groups: { group: 'acme' } } },
        { event: '$screen', ...ann(6), properties: { $screen_name: 'Basket', items: 2 } },
        { event: 'mail read', distinct_id: 'ann@example.com', timestamp: timeOf(task, 7) },
        { event: '$create_alias', ...ann(8), properties: { alias: 'ann@example.com' } },
      ])
      await expect
        .poll(async () => (await project.person('visitor-1'))?.distinct_ids.toSorted())
        .toEqual(['ann', 'ann@example.com', 'visitor-1'])
      await expect
        .poll(async () => (await project.person('ann'))?.properties)
        .toEqual({ name: 'Ann', seats: 3 })
    })

    itSurvives({ program, options, faults }, () => project)
  })
}
