import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MIGRATIONS_FOLDER, migrate, readMigrations } from './migrate.ts'
import type { QueryStore } from './store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-migrations-'))
  await write('000_migrations.sql', 'CREATE journal')
  await write('001_first.sql', 'CREATE first')
})
afterEach(() => rm(folder, { recursive: true }))

const write = (name: string, text: string) => writeFile(join(folder, name), text)

/** Remembers what was executed, and answers with what was recorded, as the journal's table would. */
function journal() {
  const executed: string[] = []
  const store: Pick<QueryStore, 'query'> = {
    query: async <Row>() => {
      const records = executed.flatMap((statement) => {
        const match = /VALUES \((\d+), '(\w+)', '(\w+)'\)/.exec(statement)
        return match ? [{ number: Number(match[1]), name: match[2], checksum: match[3] }] : []
      })
      return records as Row[]
    },
  }
  const run = () =>
    migrate(store, async (sql) => void executed.push(sql), pathToFileURL(`${folder}/`))
  const created = () => executed.filter((statement) => statement.startsWith('CREATE'))
  return { run, created }
}

describe('migrations', () => {
  it('run once each, in order, new ones later', async () => {
    const { run, created } = journal()
    expect(await run()).toEqual(['migrations', 'first'])
    await write('002_second.sql', 'CREATE second')
    expect(await run()).toEqual(['second'])
    expect(await run()).toEqual([])
    expect(created().filter((statement) => statement !== 'CREATE journal')).toEqual([
      'CREATE first',
      'CREATE second',
    ])
  })

  it('refuse a file that was changed after it was applied', async () => {
    const { run } = journal()
    await run()
    await write('001_first.sql', 'CREATE something else')
    await expect(run()).rejects.toThrow('migration 1 (first) was changed')
  })

  it('refuse a store of a newer version', async () => {
    const { run } = journal()
    await write('002_second.sql', 'CREATE second')
    await run()
    await rm(join(folder, '002_second.sql'))
    await expect(run()).rejects.toThrow('migration 2 (second) was applied by a newer version')
  })

  it('refuse two files of one number', async () => {
    await write('001_other.sql', 'CREATE other')
    await expect(journal().run()).rejects.toThrow('the same number')
  })

  it('are one statement each', async () => {
    for (const { name, statement } of await readMigrations(MIGRATIONS_FOLDER)) {
      const code = statement.replace(/--.*$/gm, '').trim()
      expect(code.indexOf(';'), name).toBe(-1)
    }
  })
})
