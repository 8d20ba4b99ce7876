import type { FunnelResult, TrendResult } from '@headwater/schemas/insight'
import { DASHBOARD_BREAKDOWNS } from '../lib/dashboard.ts'
import type { Live } from '../lib/live.ts'
import {
  type FunnelQuestion,
  type TrendQuestion,
  writeFunnel,
  writeTrend,
} from '../lib/url-state.ts'
import { BreakdownList } from './breakdown-list.tsx'
import { Answer, Card } from './card.tsx'
import { FunnelChart, FunnelTable, funnelEmptyWords } from './funnel-view.tsx'
import { TrendTable } from './trend-table.tsx'
import { TrendChart, trendEmptyWords } from './trend-view.tsx'

interface TrendCardProps {
  live: Live<TrendResult>
  question: TrendQuestion
}

export function TrendCard({ live, question }: TrendCardProps) {
  const link = <OpenIn href={`/trends?${writeTrend(question)}`} name="Trends" />
  return (
    <Card title="Trend" actions={link}>
      <Answer live={live} emptyWords={trendEmptyWords}>
        {(result) => (
          <>
            <TrendChart result={result} chart="line" />
            <details>
              <summary>Show as table</summary>
              <TrendTable result={result} />
            </details>
          </>
        )}
      </Answer>
    </Card>
  )
}

interface FunnelCardProps {
  live: Live<FunnelResult>
  question: FunnelQuestion
}

export function FunnelCard({ live, question }: FunnelCardProps) {
  const link = <OpenIn href={`/funnels?${writeFunnel(question)}`} name="Funnels" />
  return (
    <Card title="Funnel" actions={link}>
      <Answer live={live} emptyWords={funnelEmptyWords}>
        {(result) => (
          <>
            <FunnelChart result={result} />
            <details>
              <summary>Show as table</summary>
              <FunnelTable result={result} />
            </details>
          </>
        )}
      </Answer>
    </Card>
  )
}

interface BreakdownCardProps {
  live: Live<TrendResult>
  property: string
  onChange(property: string): void
}

export function BreakdownCard({ live, property, onChange }: BreakdownCardProps) {
  return (
    <Card title="Persons by" actions={<BreakdownTabs value={property} onChange={onChange} />}>
      <Answer live={live} emptyWords={trendEmptyWords}>
        {(result) => <BreakdownList result={result} property={property} />}
      </Answer>
    </Card>
  )
}

function OpenIn({ href, name }: { href: string; name: string }) {
  return (
    <a href={href}>
      Open in {name} <span aria-hidden="true">→</span>
    </a>
  )
}

interface TabsProps {
  value: string
  onChange(property: string): void
}

function BreakdownTabs({ value, onChange }: TabsProps) {
  return (
    <fieldset className="tabs">
      <legend className="visually-hidden">Property</legend>
      {Object.entries(DASHBOARD_BREAKDOWNS).map(([property, words]) => (
        <button
          type="button"
          key={property}
          aria-pressed={property === value}
          onClick={() => onChange(property)}
        >
          {words}
        </button>
      ))}
    </fieldset>
  )
}
