import type { Interval } from '@headwater/schemas/insight'
import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { useState } from 'react'
import { annotationsOf, useAnnotations } from '../lib/annotations.ts'
import { breakdownsWords } from '../lib/breakdowns.ts'
import { CHARTS, isKeyOf } from '../lib/choices.ts'
import { formatEvent } from '../lib/format.ts'
import { usePageQuestion } from '../lib/page-question.ts'
import { useInsight, useTrend } from '../lib/questions.ts'
import type { Site } from '../lib/site.ts'
import {
  plainTrend,
  readTrends,
  type TrendsQuestion,
  trendsQuery,
  writeTrends,
} from '../lib/trends.ts'
import type { TrendQuestion } from '../lib/url-state.ts'
import { type PlacedAnnotation, placeAnnotations } from '../plots/annotations.ts'
import { drawnLines, trendsTitle } from '../plots/lines.ts'
import { effectiveChart } from '../plots/trend.ts'
import { AddAnnotation, AnnotationList } from './annotations/chart-annotations.tsx'
import { Answer, Card } from './card.tsx'
import { QuestionPage } from './question-page.tsx'
import { SaveInsight } from './saved/save-insight.tsx'
import { TrendTable } from './trend-table.tsx'
import { TrendChart, trendEmptyWords } from './trend-view.tsx'
import { linesActors, linesEmptyWords, trendActors } from './trends/line-actors.ts'
import { LinesChart } from './trends/lines-chart.tsx'
import { LinesMap } from './trends/lines-map.tsx'
import { NumberTiles } from './trends/number-tiles.tsx'
import { TrendsEditor } from './trends/trends-editor.tsx'

// GET /api/trends answers most questions; POST /api/query is asked where it knows too little.
export function TrendsPage() {
  const page = usePageQuestion(readTrends, writeTrends)
  const { site, question, paused } = page
  const plain = question && plainTrend(question)
  const trend = useTrend(site, plain, paused)
  const lines = useInsight<'trends'>(
    site,
    question && !plain ? trendsQuery(question) : null,
    paused,
  )
  const [added, setAdded] = useState(0)
  const annotations = useAnnotations(site, question?.project ?? null, added)
  const placed = (result: { buckets: string[]; time_zone: string }, interval: Interval) =>
    placeAnnotations(annotationsOf(annotations, {}), { ...result, interval }, result.time_zone)
  return (
    <QuestionPage
      title="Trends"
      page={page}
      answer={plain ? trend : lines}
      controls={(asked, names, at) => (
        <TrendsEditor site={at} question={asked} names={names} onChange={page.ask} />
      )}
    >
      {(asked, at) => (
        <Card
          title={title(asked)}
          actions={
            <>
              <AddAnnotation
                site={at}
                project={asked.project}
                onAdded={() => setAdded(added + 1)}
              />
              <SaveInsight site={at} query={trendsQuery(asked)} name={insightName(asked)} />
            </>
          }
        >
          {plain ? (
            <Answer live={trend} emptyWords={trendEmptyWords}>
              {(result) => (
                <PlainTrend
                  result={result}
                  question={plain}
                  site={at}
                  annotations={placed(result, plain.interval)}
                />
              )}
            </Answer>
          ) : (
            <Answer live={lines} emptyWords={linesEmptyWords}>
              {(result) => (
                <Lines
                  result={result}
                  question={asked}
                  site={at}
                  annotations={placed(result, asked.interval)}
                />
              )}
            </Answer>
          )}
        </Card>
      )}
    </QuestionPage>
  )
}

interface LinesProps {
  result: TrendsResult
  question: TrendsQuestion
  site: Site
  annotations: PlacedAnnotation[]
}

function Lines({ result, question, site, annotations }: LinesProps) {
  const drawn = drawnLines(result, question)
  const actorsOf = linesActors(drawn, trendsQuery(question), site)
  return (
    <>
      {question.view === 'number' && <NumberTiles result={result} question={question} />}
      {question.view === 'map' && <LinesMap result={result} question={question} />}
      {isOverTime(question) && (
        <>
          <LinesChart {...{ drawn, question, annotations, actorsOf }} />
          <AnnotationList annotations={annotations} />
        </>
      )}
      <TrendTable result={drawn} withBuckets={isOverTime(question)} actorsOf={actorsOf} />
      <p className="hint">Answered in {Math.round(result.duration_ms)} ms.</p>
    </>
  )
}

interface PlainProps {
  result: NonNullable<ReturnType<typeof useTrend>['data']>
  question: TrendQuestion
  site: Site
  annotations: PlacedAnnotation[]
}

function PlainTrend({ result, question, site, annotations }: PlainProps) {
  const { chart, breakdown } = question
  const actorsOf = trendActors(result, question, site)
  return (
    <>
      <TrendChart
        result={result}
        actorsOf={actorsOf}
        chart={chart}
        breakdown={breakdown}
        height={320}
        annotations={annotations}
      />
      <AnnotationList annotations={annotations} />
      <TrendTable result={result} breakdown={breakdown} actorsOf={actorsOf} />
      {effectiveChart(chart, result) !== chart && (
        <p className="hint">
          Drawn as lines: on bars that stand on each other, one person would count twice.
        </p>
      )}
      <p className="hint">Answered in {Math.round(result.duration_ms)} ms.</p>
    </>
  )
}

const isOverTime = ({ view }: TrendsQuestion): boolean => isKeyOf(CHARTS, view)

function title(question: TrendsQuestion): string {
  const words = trendsTitle(question)
  const { breakdowns } = question
  return breakdowns.length > 0 ? `${words} by ${breakdownsWords(breakdowns)}` : words
}

function insightName(question: TrendsQuestion): string {
  const { series, formulas } = question
  const counted = formulas.length > 0 ? formulas : series.map(({ event }) => formatEvent(event))
  return `${title(question)}: ${counted.join(', ')}`.slice(0, 200)
}
