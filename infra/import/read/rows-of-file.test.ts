import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { Source } from '../source.ts'
import { MAX_ROW_LENGTH } from './row-parser.ts'
import { type ReadRow, rowsOfFile } from './rows-of-file.ts'
import { readMember, zipMembers } from './zip.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')
const folder = mkdtempSync(join(tmpdir(), 'headwater-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a file of JSON lines', () => {
  it('is read line by line, with the number of each', async () => {
    expect(await values('{"a":1}\n\n{"a":2}\n{"a":3}')).toEqual([
      [1, { a: 1 }],
      [3, { a: 2 }],
      [4, { a: 3 }],
    ])
  })

  it('may begin with a mark and end its lines as on Windows', async () => {
    expect(await values('\uFEFF{"a":1}\r\n{"a":2}\r\n')).toEqual([
      [1, { a: 1 }],
      [2, { a: 2 }],
    ])
  })

  it('may be in UTF-16', async () => {
    const bytes = Buffer.from('\uFEFF{"a":"ö"}\n', 'utf16le')
    expect(await values(bytes)).toEqual([[1, { a: 'ö' }]])
  })

  it('loses the lines that are not JSON objects, and says which', async () => {
    const rows = await read('{"a":1}\n{"a":\n[1]\n"x"\n{"a":2}\n')
    expect(shapes(rows)).toEqual([
      1,
      begins('2 It is not JSON'),
      begins('3 It is not a JSON'),
      begins('4 It is not a JSON'),
      5,
    ])
  })

  it('loses a line that is too long to be an event, but not the next', async () => {
    const long = `{"a":"${'x'.repeat(MAX_ROW_LENGTH + 1_000_000)}"}`
    expect(shapes(await read(`{"a":1}\n${long}\n{"a":2}\n`))).toEqual([
      1,
      begins('2 It is longer'),
      3,
    ])
  })
})

describe('a file of one JSON array', () => {
  it('is read element by element, with the line of each', async () => {
    const text = '[\n  {"a":[1,{"b":"],}"}]},\n  {"a":"\\"]"\n  },{"a":3}\n]\n'
    expect(await values(text)).toEqual([
      [2, { a: [1, { b: '],}' }] }],
      [3, { a: '"]' }],
      [4, { a: 3 }],
    ])
  })

  it('is read the same in pieces of any length', async () => {
    const text = `[${Array.from({ length: 3_000 }, (_, i) => `{"i":${i},"t":"a\\\\\\"]"}`).join(',\n')}]`
    const rows = await values(text.repeat(1))
    expect(rows).toHaveLength(3_000)
    expect(rows[2_999]).toEqual([3_000, { i: 2_999, t: 'a\\"]' }])
  })

  it('says that it was cut off', async () => {
    expect(shapes(await read('[{"a":1},\n{"a":2'))).toEqual([
      1,
      begins('2 The array of the file does not'),
    ])
  })

  it('may be empty', async () => {
    expect(await read('[]')).toEqual([])
  })
})

describe('a file of JSON objects over several lines', () => {
  it('is read object by object', async () => {
    expect(await values('{\n  "a": [\n    {}\n  ]\n}\n{\n  "a": "}"\n}\n')).toEqual([
      [1, { a: [{}] }],
      [6, { a: '}' }],
    ])
  })

  it('says that it was cut off', async () => {
    expect(shapes(await read('{\n"a":1}\n{\n"a"'))).toEqual([1, begins('3 The object does not')])
  })
})

describe('a CSV', () => {
  it('is read by its header, whatever divides its columns', async () => {
    for (const divider of [',', ';', '\t']) {
      const text = `a${divider}b\n1${divider}"x${divider}\n""y"""\n2${divider}\n`
      expect(await values(text)).toEqual([
        [2, { a: '1', b: `x${divider}\n"y"` }],
        [4, { a: '2', b: '' }],
      ])
    }
  })

  it('may begin with a mark, end lines as on Windows and have empty ones', async () => {
    expect(await values('\uFEFFa,b\r\n1,2\r\n\r\n3,4')).toEqual([
      [2, { a: '1', b: '2' }],
      [4, { a: '3', b: '4' }],
    ])
  })

  it('loses the rows with another number of columns, and says which', async () => {
    expect(shapes(await read('a,b\n1\n1,2\n1,2,3\n4,5'))).toEqual([
      begins('2 It has 1 columns, the header has 2'),
      3,
      begins('4 It has 3 columns, the header has 2'),
      5,
    ])
  })

  it('keeps the rows around quotes that are out of place', async () => {
    expect(await values('a,b\n1,x"y\n2,"x"y\n3,z')).toEqual([
      [2, { a: '1', b: 'x"y' }],
      [3, { a: '2', b: '"x"y' }],
      [4, { a: '3', b: 'z' }],
    ])
  })

  it('says from which row on nothing was read, when a quote is not closed', async () => {
    expect(shapes(await read('a,b\n1,2\n3,"4\n5,6\n'))).toEqual([2, begins('3 A quote that opens')])
    const endless = `a,b\n1,2\n3,"${'4\n'.repeat(MAX_ROW_LENGTH)}`
    expect(shapes(await read(endless))).toEqual([2, begins('3 A quote that opens')])
  })

  it('is refused without the columns it has to have, by their names', async () => {
    const [row] = await read('a,b\n1,2\n', ['a', 'time'])
    expect(row).toMatchObject({
      line: 1,
      problem: 'Nothing was read: its header lacks time; it has: a, b.',
    })
  })
})

describe('a packed file', () => {
  it('is told by its first bytes', async () => {
    for (const packed of [gzipSync('{"a":1}\n'), zstdCompressSync('{"a":1}\n')]) {
      expect(await values(packed)).toEqual([[1, { a: 1 }]])
    }
  })

  it('of brotli is told by its name', async () => {
    const path = join(folder, 'a.jsonl.br')
    writeFileSync(path, brotliCompressSync('{"a":1}\n'))
    expect(await collect(rowsOfFile(path, reading()))).toMatchObject([{ value: { a: 1 } }])
  })

  it('may be of several parts, as logs are that were added to', async () => {
    const packed = Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')])
    expect(await values(packed)).toHaveLength(2)
  })

  it('that was cut off gives what it still has, and says so', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `{"i":${i},"r":${Math.random()}}\n`)
    const packed = gzipSync(lines.join(''))
    const rows = await read(packed.subarray(0, packed.length / 2))
    const last = rows.at(-1)
    expect(rows.length).toBeGreaterThan(5_000)
    expect(rows.slice(0, -1).every((row) => 'value' in row)).toBe(true)
    expect(last).toMatchObject({
      line: rows.length,
      problem: expect.stringMatching(/^The rest was not/),
    })
  })

  it('that is damaged says so', async () => {
    const packed = gzipSync('{"a":1}\n'.repeat(200_000))
    packed[packed.length - 8] = (packed[packed.length - 8] ?? 0) ^ 0xff
    const rows = await read(packed)
    expect(rows.length).toBeGreaterThan(100_000)
    expect(rows.at(-1)).toMatchObject({ problem: 'The rest was not read: incorrect data check.' })
  })

  it('of Parquet is refused with what to do instead', async () => {
    expect(shapes(await read('PAR1aaaa'))).toEqual([begins('1 Nothing was read: Parquet is not')])
  })
})

describe('a zip', () => {
  it('that was written as a stream is read by its directory', async () => {
    const rows = await collect(rowsOfFile(join(FIXTURES, 'plausible.zip'), reading()))
    const members = new Set(rows.map(({ member }) => member.replace(/_2024.*/, '')))
    expect([...members]).toEqual([
      'imported_custom_events',
      'imported_pages',
      'imported_sources',
      'imported_visitors',
    ])
    expect(rows).toHaveLength(8)
  })

  it('of gzipped files is read through both', async () => {
    const rows = await collect(rowsOfFile(join(FIXTURES, 'amplitude.zip'), reading()))
    expect(rows.map(({ member, ...row }) => [member, 'line' in row ? row.line : 0])).toEqual([
      ['1/1_2024-03-10_22#0.json.gz', 1],
      ['1/1_2024-03-10_22#0.json.gz', 2],
      ['1/1_2024-03-11_22#1.json.gz', 1],
      ['1/1_2024-03-11_22#1.json.gz', 2],
      ['1/1_2024-03-11_22#1.json.gz', 3],
    ])
  })

  it('may have 64-bit sizes, folders, a comment and what a Mac adds', async () => {
    const path = join(FIXTURES, 'zip64.zip')
    const [member] = await zipMembers(path)
    expect(member).toMatchObject({ name: 'folder/a.json', bytes: 8_000 })
    expect(await collect(rowsOfFile(path, reading()))).toHaveLength(1_001 - 1)
  })

  it('whose bytes are not those that were put in says so', async () => {
    const bytes = readFileSync(join(FIXTURES, 'plausible.zip'))
    const at = bytes.indexOf('Signup')
    bytes[at] = 0x58
    const path = file(bytes)
    const [member] = await zipMembers(path)
    if (!member) throw new Error('no member')
    await expect(collect(arrays(readMember(path, member)))).rejects.toThrow('put into the zip')
  })

  it('that was cut off says so', async () => {
    const bytes = readFileSync(join(FIXTURES, 'amplitude.zip'))
    expect(shapes(await read(bytes.subarray(0, 600)))).toEqual([
      begins('1 Nothing was read: the zip has no directory'),
    ])
  })
})

it('says of an empty file that it is empty', async () => {
  for (const empty of ['', ' \n\n', gzipSync('')]) {
    expect(shapes(await read(empty))).toEqual([begins('1 Nothing was read: it is empty')])
  }
})

function reading(needed: string[] = []) {
  const source: Source = { columns: () => needed, mapper: () => ({ map: () => [] }) }
  return { source, options: { timeZone: 'UTC', columns: {} } }
}

let files = 0
function file(content: string | Uint8Array): string {
  const path = join(folder, `${files++}`)
  writeFileSync(path, content)
  return path
}

function read(content: string | Uint8Array, needed: string[] = []): Promise<ReadRow[]> {
  return collect(rowsOfFile(file(content), reading(needed)))
}

async function values(content: string | Uint8Array): Promise<[number, unknown][]> {
  const rows = await read(content)
  return rows.map((row) => {
    if ('value' in row) return [row.line, { ...row.value }]
    throw new Error(JSON.stringify(row))
  })
}

/** The line of a row that is one; of any other its line and its problem. */
function shapes(rows: ReadRow[]): unknown[] {
  return rows.map((row) => {
    if ('value' in row) return row.line
    return 'problem' in row ? `${row.line} ${row.problem}` : row.member
  })
}

/** That a problem begins so. */
const begins = (text: string) => expect.stringMatching(new RegExp(`^${text}`))

async function collect<Item>(groups: AsyncIterable<Iterable<Item>>): Promise<Item[]> {
  const all: Item[] = []
  for await (const group of groups) all.push(...group)
  return all
}

async function* arrays<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  for await (const item of items) yield [item]
}
