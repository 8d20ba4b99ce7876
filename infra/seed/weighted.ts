import type { Random } from '../random.ts'
import type { Weighted } from './catalog.ts'

/** Picks one by weight. */
export function weighted<Item extends Weighted>(random: Random, items: readonly Item[]): Item {
  let left = random.next() * items.reduce((sum, { weight }) => sum + weight, 0)
  for (const item of items) {
    left -= item.weight
    if (left < 0) return item
  }
  return random.pick(items)
}
