import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from './config.ts'
import { HELP } from './help.ts'

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

const DOCUMENTS = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(ROOT, name), 'utf8') }))

it.each(DOCUMENTS)('names only files that exist in $name', ({ text }) => {
  const named = [
    ...text.matchAll(/`((?:schemas|edge|core|site|sdks|infra|loadtest|docs)\/[\w./-]+)`/g),
  ]
  for (const [, path = ''] of named) expect(existsSync(join(ROOT, path)), path).toBe(true)
})

it('names a test for every promise', () => {
  const promises =
    readFileSync(join(ROOT, 'docs/delivery.md'), 'utf8').match(/^\| D\d+ .*$/gm) ?? []
  expect(promises.length).toBeGreaterThan(5)
  for (const promise of promises) expect(promise).toMatch(/\.test\.ts`/)
})

it('keeps the README within 150 lines', () => {
  const [readme] = DOCUMENTS
  expect(readme?.text.split('\n').length).toBeLessThanOrEqual(150)
})

it('says of every npm script what it does', () => {
  expect(Object.keys(HELP).toSorted()).toEqual(Object.keys(scripts).toSorted())
  for (const line of Object.values(HELP)) expect(line).toMatch(/^\S.{5,90}$/)
})

it('has every npm script that the documents tell to run', () => {
  for (const { name, text } of DOCUMENTS) {
    for (const [, script = ''] of text.matchAll(/npm run ([\w:-]+)/g)) {
      expect(Object.keys(scripts), `${name}: npm run ${script}`).toContain(script)
    }
  }
})
