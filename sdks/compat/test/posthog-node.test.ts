import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startProgram } from './program.ts'
import { openProject, type Project } from './project.ts'
import { PROPERTIES, timeOf } from './story.ts'
import { itSurvives } from './survival.ts'

let project: Project
beforeEach(async () => {
  project = await openProject()
})
afterEach(() => project.close())

const MODES = { v0: {}, v1: { POSTHOG_CAPTURE_MODE: 'v1' } }

describe.each(Object.entries(MODES))('posthog-node in capture mode %s', (_mode, env) => {
  const program = { file: 'posthog-node.ts', env }

  it('keeps name, time, person and properties of every event, and complains of nothing', async () => {
    const { task, end } = startProgram(program, project, { story: true })
    expect(await end()).toEqual({ code: 0, output: '' })
    expect(project.proxy.refused).toEqual([])
    const events = await project.wholeEvents()
    expect(events).toMatchObject([
      { event: 'page seen', distinct_id: 'visitor-1', timestamp: timeOf(task, 1) },
      { event: 'ordered', distinct_id: 'ann', timestamp: timeOf(task, 2) },
      { event: 'job done', distinct_id: 'nobody', timestamp: timeOf(task, 3) },
      { event: 'mail read', distinct_id: 'ann@example.com', timestamp: timeOf(task, 4) },
      { event: '$identify', distinct_id: 'ann' },
      { event: '$create_alias', distinct_id: 'ann' },
      { event: '$groupidentify', distinct_id: 'ann' },
    ])
    const [seen, ordered, done, , identify, alias, group] = events
    expect(seen?.properties).toMatchObject({ ...PROPERTIES, $lib: 'posthog-node' })
    expect(ordered).toMatchObject({
      properties: { total: 12.5, $groups: { company: 'acme' } },
      person_set: { plan: 'pro' },
      person_set_once: { first_page: '/order' },
    })
    expect(done).toMatchObject({
      uuid: '0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c44',
      properties: { $process_person_profile: false },
    })
    expect(identify).toMatchObject({
      properties: { $anon_distinct_id: 'visitor-1' },
      person_set: { name: 'Ann', seats: 3 },
      person_set_once: { first_page: '/pricing' },
    })
    expect(alias?.properties).toMatchObject({ alias: 'ann@example.com' })
    expect(group?.properties).toMatchObject({
      $group_type: 'company',
      $group_key: 'acme',
      $group_set: { size: 50 },
    })
  })

  it('makes one person of the ids that it joins', async () => {
    await startProgram(program, project, { story: true }).end()
    await expect
      .poll(async () => (await project.person('visitor-1'))?.distinct_ids.toSorted())
      .toEqual(['ann', 'ann@example.com', 'visitor-1'])
    // The first $set_once counts, by the events' times.
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
      options: {
        ...{ flushAt: 5, maxBatchSize: 5, flushInterval: 200 },
        ...{ fetchRetryCount: 6, fetchRetryDelay: 100, requestTimeout: 1_000 },
      },
      faults: [
        { status: 503, retryAfterS: 1 },
        { status: 500 },
        'cut',
        'cut after',
        { lateMs: 2_000 },
        { status: 503 },
      ],
    },
    () => project,
  )
})
