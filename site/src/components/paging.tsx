import { formatNumber } from '../lib/format.ts'
import type { Paged } from '../lib/pages.ts'

interface Props {
  pages: Pick<Paged<unknown>, 'more' | 'loadingMore'>
  /** How many are shown. */
  shown: number
  /** What they are: `persons`. */
  words: string
}

/** The end of a list that is read page by page: how much is shown, and the way to more. */
export function Paging({ pages: { more, loadingMore }, shown, words }: Props) {
  const isLast = more === null && !loadingMore
  return (
    <p className="paging">
      <span role="status">
        {formatNumber(shown)} {words}
        {isLast ? '' : ' so far'}
      </span>
      {!isLast && (
        <button type="button" disabled={loadingMore} onClick={() => more?.()}>
          {loadingMore ? 'Loading …' : 'Load more'}
        </button>
      )}
    </p>
  )
}
