import { expect, it } from 'vitest'
import { ProjectGate } from './project-gate.ts'

/** A task that ends when it is told to. */
function held(started: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<string>()
  const task = () => {
    started.push(name)
    return promise
  }
  return { task, end: () => resolve(name) }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('runs so many questions of a project at one time, the others in order', async () => {
  const gate = new ProjectGate({ maxRunning: 2 })
  const started: string[] = []
  const tasks = ['a', 'b', 'c', 'd'].map((name) => held(started, name))
  const runs = tasks.map(({ task }) => gate.run('shop', task))
  await settled()
  expect(started).toEqual(['a', 'b'])
  tasks[1]?.end()
  await runs[1]
  await settled()
  expect(started).toEqual(['a', 'b', 'c'])
  for (const { end } of tasks) end()
  expect(await Promise.all(runs)).toEqual(['a', 'b', 'c', 'd'])
})

it('does not let one project wait for another', async () => {
  const gate = new ProjectGate({ maxRunning: 1 })
  const started: string[] = []
  const heavy = held(started, 'heavy')
  const first = gate.run('one', heavy.task)
  expect(await gate.run('two', async () => 'light')).toBe('light')
  heavy.end()
  expect(await first).toBe('heavy')
})

it('refuses a question when too many wait, and takes one again when fewer do', async () => {
  const gate = new ProjectGate({ maxRunning: 1, maxWaiting: 1 })
  const [first, second] = [held([], 'first'), held([], 'second')]
  const runs = [gate.run('shop', first.task), gate.run('shop', second.task)]
  await expect(gate.run('shop', async () => 'third')).rejects.toMatchObject({
    code: 'too_many_queries',
  })
  first.end()
  second.end()
  await Promise.all(runs)
  expect(await gate.run('shop', async () => 'fourth')).toBe('fourth')
})

it('lets go of who goes away while waiting, and of nobody else', async () => {
  const gate = new ProjectGate({ maxRunning: 1 })
  const started: string[] = []
  const [first, third] = [held(started, 'first'), held(started, 'third')]
  const controller = new AbortController()
  const running = gate.run('shop', first.task)
  const gone = gate.run('shop', held(started, 'gone').task, controller.signal)
  const waiting = gate.run('shop', third.task)
  controller.abort('left')
  await expect(gone).rejects.toBe('left')
  first.end()
  third.end()
  expect(await Promise.all([running, waiting])).toEqual(['first', 'third'])
  expect(started).toEqual(['first', 'third'])
})

it('gives the place on when a question fails', async () => {
  const gate = new ProjectGate({ maxRunning: 1 })
  const failed = gate.run('shop', () => Promise.reject(new Error('too heavy')))
  const next = gate.run('shop', async () => 'next')
  await expect(failed).rejects.toThrow('too heavy')
  expect(await next).toBe('next')
})
