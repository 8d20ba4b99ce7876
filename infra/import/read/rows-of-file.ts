import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { MapOptions, Row, Source, UnreadableRow } from '../source.ts'
import { CsvRows } from './csv-rows.ts'
import { JsonRows } from './json-rows.ts'
import type { RowParser } from './row-parser.ts'
import { looksLikeZip, unpacked } from './unpacked.ts'
import { readMember, type ZipMember, zipMembers } from './zip.ts'

/** A file inside a zip that is not read, and why. */
export interface LeftOut {
  member: string
  leftOut: string
}
export type ReadRow = Row | UnreadableRow | LeftOut

export interface ReadOptions {
  source: Source
  options: MapOptions
  /** Told how many bytes of the file itself were read, for progress. */
  onBytes?: (bytes: number) => void
}

/** What this unpacks to is in memory at once: up to a thousand times as much. */
const CHUNK_BYTES = 64 * 1024
// What a Mac adds to a zip.
const NO_EXPORT = /(^|\/)(__MACOSX\/|\.)/

/**
 * The rows of a file in their order: JSON or CSV, plain or packed, or all files of a zip. Whatever is
 * wrong with it comes as an UnreadableRow in its place; what stands before is kept.
 */
export async function* rowsOfFile(path: string, read: ReadOptions): AsyncGenerator<ReadRow[]> {
  if (!looksLikeZip(await headOf(path, 4))) {
    yield* rowsOf('', unpacked(path, fileContent(path, read.onBytes)), read)
    return
  }
  const named = new Map<string, ZipMember>()
  let names: string[]
  let wanted: string[]
  try {
    for (const member of await zipMembers(path)) named.set(member.name, member)
    names = [...named.keys()].filter((name) => !NO_EXPORT.test(name))
    wanted = read.source.members?.(names) ?? names
  } catch (error) {
    return yield [unreadable('', 0, error)]
  }
  if (wanted.length === 0)
    yield [unreadable('', 0, new Error('there is nothing of this export in the zip'))]
  for (const name of wanted) {
    const member = named.get(name)
    if (member) yield* rowsOf(name, unpacked(name, readMember(path, member, read.onBytes)), read)
  }
  const leftOut = 'nothing of it can be said in events'
  yield names.filter((name) => !wanted.includes(name)).map((member) => ({ member, leftOut }))
}

/** The first bytes of a file, as many as there are. */
export async function headOf(path: string, bytes: number): Promise<Buffer> {
  await using file = await open(path)
  const buffer = Buffer.alloc(bytes)
  const { bytesRead } = await file.read(buffer, 0, bytes, 0)
  return buffer.subarray(0, bytesRead)
}

async function* rowsOf(
  member: string,
  content: AsyncIterable<Uint8Array>,
  { source, options }: ReadOptions,
): AsyncGenerator<(Row | UnreadableRow)[]> {
  let lastLine = 0
  const noted = (rows: (Row | UnreadableRow)[]) => {
    lastLine = rows.at(-1)?.line ?? lastLine
    return rows
  }
  try {
    let parser: RowParser | null = null
    let blank = ''
    for await (const text of decoded(content)) {
      if (!parser) {
        blank += text
        if (blank.trim() === '') continue
        parser = /^\s*[[{]/.test(blank)
          ? new JsonRows(member)
          : new CsvRows(member, source.columns(options, member))
        yield noted(parser.push(blank))
      } else {
        yield noted(parser.push(text))
      }
    }
    if (!parser) throw new Error('it is empty')
    yield noted(parser.end())
  } catch (error) {
    yield [unreadable(member, lastLine, error)]
  }
}

function unreadable(member: string, lastLine: number, error: unknown): UnreadableRow {
  const why = error instanceof Error ? error.message : String(error)
  const problem = lastLine === 0 ? `Nothing was read: ${why}.` : `The rest was not read: ${why}.`
  return { member, line: lastLine + 1, problem, text: '' }
}

async function* fileContent(path: string, onBytes: (bytes: number) => void = () => {}) {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    onBytes(chunk.length)
    yield chunk as Buffer
  }
}

/** Text of UTF-8, or of UTF-16 where a mark says so; without the mark. */
async function* decoded(content: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null
  for await (const chunk of content) {
    decoder ??= new TextDecoder(chunk[0] === 0xff && chunk[1] === 0xfe ? 'utf-16le' : 'utf-8')
    yield decoder.decode(chunk, { stream: true })
  }
  if (decoder) yield decoder.decode()
}
