import { expect, it } from 'vitest'
import { runSideBySide } from './side-by-side.ts'

it('runs so many parts at a time, in their order, and all of them', async () => {
  const { parts, running, ended } = threeParts()
  const all = runSideBySide(
    parts,
    2,
    ({ run }) => run(),
    () => {},
  )
  expect(running()).toEqual(['long', 'short'])
  await parts[1].end()
  expect(running()).toEqual(['long', 'last'])
  await parts[2].end()
  await parts[0].end()
  await all
  expect(ended).toEqual(['short', 'last', 'long'])
})

it('writes what the first one prints at once, and of each that ran beside it the whole, in order', async () => {
  const { parts } = threeParts()
  let written = ''
  const all = runSideBySide(
    parts,
    2,
    (part, print) => {
      part.print = (text) => print(`${part.name} ${text}\n`)
      return part.run()
    },
    (text) => {
      written += text
    },
  )
  parts[1].print('begins')
  parts[0].print('begins')
  expect(written).toBe('long begins\n')
  parts[1].print('ends')
  await parts[1].end()
  parts[2].print('begins')
  parts[0].print('ends')
  expect(written).toBe('long begins\nlong ends\n')
  await parts[0].end()
  expect(written).toBe('long begins\nlong ends\nshort begins\nshort ends\nlast begins\n')
  parts[2].print('ends')
  await parts[2].end()
  await all
  expect(written.split('\n').slice(-3)).toEqual(['last begins', 'last ends', ''])
})

it('fails when a part does', async () => {
  const failing = async (part: string) => {
    if (part === 'bad') throw new Error('no such folder')
  }
  await expect(runSideBySide(['good', 'bad'], 2, failing, () => {})).rejects.toThrow(
    'no such folder',
  )
})

/** Parts that run until they are told to end. */
function threeParts() {
  const running = new Set<string>()
  const ended: string[] = []
  const part = (name: string) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    return {
      name,
      print(_: string) {},
      async run() {
        running.add(name)
        await promise
        running.delete(name)
        ended.push(name)
      },
      /** Resolves when whoever waits for it has gone on. */
      async end() {
        resolve()
        await new Promise((resolve) => setImmediate(resolve))
      },
    }
  }
  const parts = [part('long'), part('short'), part('last')] as const
  return { parts, running: () => [...running], ended }
}
