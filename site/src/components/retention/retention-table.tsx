import type { RetentionResult } from '@headwater/schemas/insights/retention'
import { type ReactNode, useState } from 'react'
import type { InsightInputOf } from '../../lib/api.ts'
import { breakdownName, formatBucket, formatNumber, formatShare } from '../../lib/format.ts'
import type { RetentionCells } from '../../lib/retention.ts'
import type { Site } from '../../lib/site.ts'
import { columnName, type RetentionGroup, retentionMeans } from '../../plots/retention.ts'
import { seriesColors } from '../../plots/series.ts'
import { Who } from '../actors/who.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { Swatch } from '../trend-view.tsx'

interface Props {
  result: RetentionResult
  breakdown: string | undefined
  cells: RetentionCells
  /** Where, and by which question, those behind a number are asked. */
  asked: { site: Site; query: InsightInputOf<'retention'> }
}

/** The triangle: a row for each interval of starts, a column for each period after it. */
export function RetentionTable({ result, breakdown, cells, asked }: Props) {
  const colors = seriesColors(result.groups.map((group) => group.breakdown))
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set())
  const toggle = (name: string) => {
    const next = new Set(unfolded)
    if (!next.delete(name)) next.add(name)
    setUnfolded(next)
  }
  return (
    <>
      <ScrollRegion label="Retention as a table">
        <table className="retention">
          <thead>
            <tr>
              <th scope="col">Started</th>
              <th scope="col" className="number">
                Persons
              </th>
              {result.columns.map((column, c) => (
                <th scope="col" className="retention-cell" key={column.first}>
                  {columnName(result, c)}
                </th>
              ))}
            </tr>
          </thead>
          {result.groups.map((group, g) => {
            const name = JSON.stringify(group.breakdown)
            const isOpen = group.breakdown === null || unfolded.has(name)
            return (
              <tbody key={name}>
                <MeanRow
                  name={group.breakdown ? breakdownName(group.breakdown, breakdown) : 'Mean'}
                  group={group}
                  columns={result.columns.length}
                  cells={cells}
                  color={colors[g]}
                  open={isOpen}
                  onToggle={group.breakdown ? () => toggle(name) : null}
                />
                {isOpen && <GroupRows result={result} group={group} cells={cells} asked={asked} />}
              </tbody>
            )
          })}
        </table>
      </ScrollRegion>
      <ul className="legend retention-legend" aria-label="Cells">
        <li>
          <span className="swatch retention-swatch" data-state="incomplete" aria-hidden="true" />
          May still grow: its time is not over
        </li>
        <li>Empty: lies in the future</li>
      </ul>
    </>
  )
}

interface MeanProps {
  name: string
  group: RetentionGroup
  columns: number
  cells: RetentionCells
  color: string | undefined
  open: boolean
  onToggle: (() => void) | null
}

function MeanRow({ name, group, columns, cells, color, open, onToggle }: MeanProps) {
  const size = group.rows.reduce((sum, row) => sum + (row.size ?? 0), 0)
  return (
    <tr className="retention-mean">
      <th scope="row">
        {onToggle ? (
          <button type="button" className="quiet" aria-expanded={open} onClick={onToggle}>
            <Swatch color={color} />
            {name}
          </button>
        ) : (
          name
        )}
      </th>
      <td className="number">{formatNumber(size)}</td>
      {retentionMeans(group, columns).map((mean, c) => (
        <Cell
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place.
          key={c}
          share={mean.share}
          state={mean.share === null ? 'future' : mean.complete ? 'complete' : 'incomplete'}
        >
          {cells === 'share' ? formatShare(mean.share) : `${mean.returned} of ${mean.size}`}
        </Cell>
      ))}
    </tr>
  )
}

type RowsProps = Omit<Props, 'breakdown'> & { group: RetentionGroup }

function GroupRows({ result, group, cells, asked }: RowsProps) {
  return group.rows.map((row, r) => {
    const started = formatBucket(result.buckets[r] ?? '', result.interval)
    return (
      <tr key={result.buckets[r]}>
        <th scope="row">{started}</th>
        <td className="number">{row.size === null ? '' : formatNumber(row.size)}</td>
        {row.cells.map(({ value, state }, c) => {
          const count = value ?? 0
          const share = row.size ? count / row.size : null
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place.
            <Cell key={c} share={share} state={state}>
              <Who
                count={count}
                words={cells === 'share' ? formatShare(share) : formatNumber(count)}
                select={{
                  row: r,
                  column: c,
                  ...(group.breakdown && { breakdown: group.breakdown }),
                }}
                title={`Started ${started}, ${columnName(result, c)}`}
                {...asked}
              />
            </Cell>
          )
        })}
      </tr>
    )
  })
}

interface CellProps {
  /** From 0 to 1: how deep the cell is coloured; null where nobody started. */
  share: number | null
  state: 'complete' | 'incomplete' | 'future'
  children: ReactNode
}

function Cell({ share, state, children }: CellProps) {
  if (state === 'future') return <td className="retention-cell" data-state="future" />
  return (
    <td
      className="retention-cell"
      data-state={state}
      title={state === 'incomplete' ? 'So far: its time is not over' : undefined}
      style={{ backgroundColor: shade(share ?? 0) }}
    >
      {children}
      {state === 'incomplete' && <span className="visually-hidden"> so far</span>}
    </td>
  )
}

/** Not deeper than text can be read on. */
const DEEPEST_PERCENT = 50

const shade = (share: number): string =>
  `color-mix(in srgb, var(--series-1) ${Math.round(share * DEEPEST_PERCENT)}%, var(--surface))`

export function retentionEmptyWords(result: RetentionResult): string | null {
  if (result.groups.some(({ rows }) => rows.some(({ size }) => size))) return null
  return 'Nobody did the start event in this date range.'
}
