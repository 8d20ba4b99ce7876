import type { WebList, WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import type { Live } from '../../lib/live.ts'
import { LIVE_LISTS, webPath } from '../../lib/live-question.ts'
import { Answer, Card } from '../card.tsx'
import { ListTable } from '../web/list-table.tsx'

interface Props {
  live: Live<WebOverviewResult>
  project: string
}

const TITLES: Record<(typeof LIVE_LISTS)[number], string> = {
  page: 'Pages of the last hour',
  country: 'Countries of the last hour',
  source: 'Sources of the last hour',
}

/** What the visitors of the last hour look at, where they are and where they came from. */
export function LiveLists({ live, project }: Props) {
  return (
    <div className="live-lists">
      {LIVE_LISTS.map((list) => (
        <Card key={list} title={TITLES[list]} className="web-list">
          <Answer live={live} emptyWords={(result) => emptyWords(rowsOf(result, list))}>
            {(result) => (
              <ListTable
                list={list}
                rows={rowsOf(result, list)}
                hrefOf={(value) => webPath(project, list, value)}
              />
            )}
          </Answer>
        </Card>
      ))}
    </div>
  )
}

const rowsOf = (result: WebOverviewResult, list: WebList) =>
  result.lists.find((one) => one.list === list)?.rows ?? []

const emptyWords = (rows: readonly unknown[]) =>
  rows.length > 0 ? null : 'No page views in the last hour.'
