import type { SavedKind } from '@headwater/schemas/insights/saved-id'
import type { z } from '@hono/zod-openapi'
import type { Metadata } from './metadata.ts'
import type { Draft, Item, ItemKind, SavedWriter } from './saved-store.ts'

/** What a body is judged by. */
export interface Writing {
  project: string
  writer: SavedWriter
  /** ms since 1970. */
  now: number
}

/** A place in code that names something by its key. */
export interface Ref {
  kind: SavedKind
  key: string
  /** Where it stands, dotted. */
  field: string
}

/** One kind of saved things: what they hold, and what that must be. */
export interface Kind<Body extends object> {
  kind: SavedKind
  /** Where they are found: `/api/insights`. */
  path: string
  /** The body's fields, without `key` and `version`. */
  fields: z.core.$ZodShape
  /** A body that can be saved as it stands. The documentation shows it. */
  example: object
  /** What is answered when one is asked for, or written. */
  shown: z.ZodType
  /** Throws a QueryRefusal that names the field. */
  check(body: Body, writing: Writing): Promise<void>
  /** What it is found by. `sort` is made of the key when it is left out. */
  index(body: Body): Partial<Omit<Draft, 'key' | 'body'>> & { name: string }
  /** Live items of these kinds keep one that they refer to from being deleted. */
  usedBy: readonly ItemKind[]
  /** Live ones in a project. @default MAX_SAVED */
  max?: number
  /** More fields than the body's, of one item that is read or written. @default none */
  show?(item: Item, metadata: Metadata): Promise<object>
  /** The same of each item of a list, in its order: asked at once. @default none */
  showListed?(items: readonly Item[], metadata: Metadata): Promise<object[]>
  /** How it is written as code, where things are named by their keys. @default it is not */
  code?: {
    fields: z.core.$ZodShape
    to(body: Body, keyOf: (id: string) => string): object
    /** @param idOf Throws a QueryRefusal when the project has no such item. */
    from(code: object, project: string, idOf: (ref: Ref) => string): object
  }
  /** More parameters of the list, and what they select. @default none */
  list?: {
    params: z.core.$ZodShape
    /** @param params As they were given. */
    select(params: Record<string, unknown>): { from?: string; to?: string; refs?: string[] }
  }
}
