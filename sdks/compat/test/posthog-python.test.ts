import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { startProgram } from './program.ts'
import { openProject, type Project } from './project.ts'
import { PROPERTIES, timeOf } from './story.ts'
import { itSurvives } from './survival.ts'

let project: Project
beforeEach(async () => {
  project = await openProject()
})
afterEach(() => project.close())

const python = inject('python')

describe.skipIf(python === null).each(['v0', 'v1'])('posthog-python in capture mode %s', (mode) => {
  const program = { file: 'posthog_python.py', ...(python && { command: python }) }

  it('keeps name, time, person and properties of every event, and complains of nothing', async () => {
    const options = { capture_mode: mode }
    const { task, end } = startProgram(program, project, { story: true, options })
    expect(await end()).toEqual({ code: 0, output: '' })
    expect(project.proxy.refused).toEqual([])
    const events = await project.wholeEvents()
    const at = (seconds: number) => ({ timestamp: timeOf(task, seconds) })
    expect(events).toMatchObject([
      { event: 'page seen', distinct_id: 'visitor-1', ...at(1) },
      { event: 'ordered', distinct_id: 'ann', ...at(2) },
      { event: 'job done', distinct_id: 'nobody', ...at(3) },
      { event: '$set', distinct_id: 'ann', ...at(4), person_set: { name: 'Ann', seats: 3 } },
      {
        event: '$set_once',
        distinct_id: 'ann',
        ...at(5),
        person_set_once: { first_page: '/pricing' },
      },
      { event: '$create_alias', ...at(6) },
      { event: '$groupidentify', ...at(7) },
    ])
    const [seen, ordered, done, , , , group] = events
    expect(seen?.properties).toMatchObject({ ...PROPERTIES, $lib: 'posthog-python' })
    expect(ordered).toMatchObject({
      properties: { total: 12.5, $groups: { company: 'acme' } },
      person_set: { plan: 'pro' },
      person_set_once: { first_page: '/order' },
    })
    expect(done).toMatchObject({
      uuid: '0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c44',
      properties: { $process_person_profile: false },
    })
    expect(group?.properties).toMatchObject({
      $group_type: 'company',
      $group_key: 'acme',
      $group_set: { size: 50 },
    })
  })

  it('makes one person of the ids that it joins', async () => {
    await startProgram(program, project, { story: true, options: { capture_mode: mode } }).end()
    await expect
      .poll(async () => (await project.person('visitor-1'))?.distinct_ids.toSorted())
      .toEqual(['ann', 'visitor-1'])
    await expect
      .poll(async () => (await project.person('ann'))?.properties)
      .toEqual({
        name: 'Ann',
        seats: 3,
        plan: 'pro',
        first_page: '/order',
      })
    // Its event said that it is to make no person.
    expect((await project.person('nobody'))?.properties).toEqual({})
  })

  itSurvives(
    {
      program,
      options: { capture_mode: mode, gzip: true, flush_at: 5, flush_interval: 0.2, timeout: 1 },
      faults: [
        { status: 503, retryAfterS: 1 },
        { status: 429, retryAfterS: 1 },
        { status: 500 },
        'cut',
        'cut after',
        { lateMs: 2_000 },
      ],
    },
    () => project,
  )
})
