import type { ReactNode } from 'react'
import type { Paged } from '../../lib/pages.ts'
import type { Listed } from '../../lib/saved.ts'
import { Answer } from '../card.tsx'
import { Paging } from '../paging.tsx'

interface Props<Item> {
  pages: Paged<Listed<Item>>
  /** Words for a list of nothing. */
  empty: string
  /** What they are: `cohorts`. */
  words: string
  children(items: Item[]): ReactNode
}

/** What of a list of saved things was read, and the way to more where there are more. */
export function SavedAnswer<Item>({ pages, empty, words, children }: Props<Item>) {
  return (
    <Answer live={pages} emptyWords={([first]) => (first?.items.length ? null : empty)}>
      {(read) => {
        const items = read.flatMap((page) => page.items)
        const isWhole = read.length === 1 && read[0]?.next === null
        return (
          <>
            {children(items)}
            {!isWhole && <Paging pages={pages} shown={items.length} words={words} />}
          </>
        )
      }}
    </Answer>
  )
}
