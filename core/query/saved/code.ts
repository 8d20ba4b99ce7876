// Dashboards as code: what a project has saved, to one document and back.
import { isDeepStrictEqual } from 'node:util'
import { CODE_VERSION, type Code, type ImportReport } from '@headwater/schemas/insights/code'
import { MAX_SAVED } from '@headwater/schemas/insights/saved'
import { z } from '@hono/zod-openapi'
import { QueryRefusal } from '../errors.ts'
import { refusalOf } from '../parse.ts'
import type { Ref, Writing } from './kind.ts'
import type { NewId } from './names.ts'
import { type AnyKind, changeItem, draftOf, removeItem, requireRoom } from './operations.ts'
import type { Item, NewItem, SavedReader } from './saved-store.ts'
import { exportSettings, importSettings } from './settings-code.ts'

/** The document of everything that is live, in the order of the keys: same state, same bytes. */
export async function exportCode(
  project: string,
  kinds: readonly AnyKind[],
  reader: SavedReader,
): Promise<Code> {
  const lists = await readAll(project, kinds, reader)
  const keys = new Map(lists.flatMap(({ items }) => items.map(({ id, key }) => [id, key])))
  const keyOf = (id: string) => keys.get(id) ?? id
  const document: Record<string, unknown> = {
    version: CODE_VERSION,
    ...(await exportSettings(project, reader, keyOf)),
  }
  for (const { kind, items } of lists) {
    document[listName(kind)] = items.map(({ key, body }) => ({
      key,
      ...kind.code?.to(inOrder(kind, body), keyOf),
    }))
  }
  return document as Code
}

export interface ImportOptions {
  prune: boolean
  dry_run: boolean
  newId: NewId
}

/**
 * Makes the project what the document says: the same document twice changes nothing the second time.
 * Throws a QueryRefusal that names the place in the document; then, nothing was changed.
 */
export async function importCode(
  document: Code,
  kinds: readonly AnyKind[],
  { prune, dry_run, newId }: ImportOptions,
  writing: Writing,
): Promise<ImportReport> {
  const report: ImportReport = { dry_run, created: [], updated: [], unchanged: [], removed: [] }
  const before = await readAll(writing.project, kinds, writing.writer)
  const live = new Map(before.flatMap(({ items }) => items).map((item) => [placeOf(item), item]))
  const idOf = ({ kind, key, field }: Ref): string => {
    const item = live.get(`${kind} ${key}`)
    if (item) return item.id
    throw new QueryRefusal('invalid_query', `${field}: there is no ${kind} "${key}"`, { field })
  }
  const kept = new Set<string>()
  for (const kind of kinds) {
    const fresh: NewItem[] = []
    for (const [i, entry] of entriesOf(document, kind).entries()) {
      const field = `${listName(kind)}.${i}`
      const { key } = entry
      const place = `${kind.kind} ${key}`
      if (kept.has(place)) {
        const message = `${field}.key: "${key}" is there twice`
        throw new QueryRefusal('invalid_query', message, { field: `${field}.key` })
      }
      kept.add(place)
      await within(field, async () => {
        const body = bodyOf(kind, entry, writing.project, idOf)
        const old = live.get(place)
        const change = { kind: kind.kind, key }
        if (old && isDeepStrictEqual(old.body, asKept(body))) {
          report.unchanged.push(change)
        } else if (old) {
          live.set(place, await changeItem(kind, old, { body }, null, writing))
          report.updated.push(change)
        } else {
          await kind.check(body, writing)
          fresh.push(draftOf(kind, newId(kind.kind), key, body))
          report.created.push(change)
        }
      })
    }
    // Together: one by one, a large document would take half a minute.
    await requireRoom(kind, fresh.length, writing)
    for (const item of await writing.writer.create(kind.kind, fresh, writing.now)) {
      live.set(placeOf(item), item)
    }
  }
  await within('settings', () => importSettings(document, prune, { report, idOf, writing }))
  if (!prune) return report
  // What uses others goes before them.
  for (const { kind, items } of before.toReversed()) {
    for (const item of items) {
      if (kept.has(placeOf(item))) continue
      await removeItem(kind, item, null, writing)
      report.removed.push({ kind: kind.kind, key: item.key })
    }
  }
  return report
}

async function readAll(project: string, kinds: readonly AnyKind[], reader: SavedReader) {
  const lists: { kind: AnyKind; items: Item[] }[] = []
  for (const kind of kinds) {
    const { rows } = await reader.list(project, kind.kind, { limit: MAX_SAVED })
    lists.push({ kind, items: rows })
  }
  return lists
}

const listName = ({ kind }: AnyKind): string => `${kind}s`
const placeOf = ({ kind, key }: { kind: string; key: string }): string => `${kind} ${key}`
const entriesOf = (document: Code, kind: AnyKind) =>
  document[listName(kind) as keyof Code] as unknown as { key: string }[]

const asKept = (body: object): unknown => JSON.parse(JSON.stringify(body))

function bodyOf(
  kind: AnyKind,
  { key: _, ...code }: { key: string },
  project: string,
  idOf: (ref: Ref) => string,
): object {
  const parsed = z.strictObject(kind.fields).safeParse(kind.code?.from(code, project, idOf))
  if (parsed.success) return parsed.data
  throw refusalOf(parsed.error.issues)
}

// The order of the fields is that of the definition, whatever version of it wrote the body.
function inOrder(kind: AnyKind, body: unknown): object {
  const parsed = z.strictObject(kind.fields).safeParse(body)
  return parsed.success ? parsed.data : (body as object)
}

async function within(place: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof QueryRefusal)) throw error
    const { code, message, field, allowed } = error
    throw new QueryRefusal(code, `${place}: ${message}`, {
      field: field ? `${place}.${field}` : place,
      ...(allowed && { allowed: [...allowed] }),
    })
  }
}
