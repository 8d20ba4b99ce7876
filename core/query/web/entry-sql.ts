import type { WebOverviewQuery } from '@headwater/schemas/insights/web-overview'
import { actorSql } from '../actor.ts'
import type { Statement } from '../statement.ts'

/** What a page view says of a session that it begins. */
export interface EntrySql {
  /** One text of all, of columns of events. */
  packed: string
  /** SQL of each part of such a text, by its name. */
  parts(text: string): Record<string, string>
}

const NUMBER_BYTES = 8
const LENGTH_BYTES = 2

/**
 * The `visitor`, and short texts, by their names. They are packed into one text because the first of one column is
 * found in two thirds of the time that two take, and in a third of what a tuple does: numbers have a fixed
 * length, and the texts theirs before them, all but the last thing.
 */
export function packedEntry(
  actor: WebOverviewQuery['actor'],
  texts: Readonly<Record<string, string>>,
  statement: Statement,
): EntrySql {
  const { id } = actorSql(actor, statement)
  // Of a person there is a number, of all others a text that may be long.
  const numbers = actor === 'person' ? [`reinterpretAsFixedString(${id})`] : []
  const all = actor === 'person' ? texts : { ...texts, visitor: id }
  const names = Object.keys(all)
  const values = Object.values(all)
  const lengths = values
    .slice(0, -1)
    .map((text) => `reinterpretAsFixedString(toUInt16(length(${text})))`)
  return {
    packed: `concat(${[...numbers, ...lengths, ...values, `''`].join(', ')})`,
    parts(text) {
      const lengthsFrom = 1 + numbers.length * NUMBER_BYTES
      const lengthAt = (place: number) =>
        `reinterpretAsUInt16(substring(${text}, ${lengthsFrom + place * LENGTH_BYTES}, ${LENGTH_BYTES}))`
      const textsFrom = lengthsFrom + lengths.length * LENGTH_BYTES
      const parts = names.map((name, place) => {
        const before = lengths.slice(0, place).map((_, earlier) => ` + ${lengthAt(earlier)}`)
        const length = place < lengths.length ? `, ${lengthAt(place)}` : ''
        return [name, `substring(${text}, ${textsFrom}${before.join('')}${length})`]
      })
      const visitor = `reinterpretAsUInt64(substring(${text}, 1, ${NUMBER_BYTES}))`
      return { ...(actor === 'person' && { visitor }), ...Object.fromEntries(parts) }
    },
  }
}
