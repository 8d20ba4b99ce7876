import type { SqlResult, SqlSchema } from '@headwater/schemas/insights/sql'
import { useMemo, useState } from 'react'
import { useSearch } from '../../lib/address.ts'
import { useCall, useEventNames, useFreshness, usePropertyNames } from '../../lib/questions.ts'
import { type Site, useSite } from '../../lib/site.ts'
import { completionsOf } from '../../lib/sql-completion.ts'
import {
  EXAMPLES,
  readSql,
  SQL_LIMITS,
  type SqlQuestion,
  writeSql,
} from '../../lib/sql-question.ts'
import { Answer, Card } from '../card.tsx'
import { Choice, optionsOf } from '../choice.tsx'
import { FreshnessLine } from '../freshness-line.tsx'
import { PageFrame } from '../page-frame.tsx'
import { SchemaList } from './schema-list.tsx'
import { SqlEditor } from './sql-editor.tsx'
import { SqlTable } from './sql-table.tsx'

/** One statement, asked when it is wanted and kept in the address. */
export function SqlPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && readSql(search, site.defaults)
  const question = state?.question ?? null
  const live = useAnswer(site, question)
  const names = useEventNames(site, question?.project ?? null, paused)
  const freshness = useFreshness(site, question?.project ?? null, paused)
  if (!site || !state || !question) return null

  const ask = (sql: string) => {
    if (sql === question.sql) live.reload()
    else push(writeSql({ ...question, sql }))
  }
  return (
    <PageFrame
      title="SQL"
      site={site}
      project={question.project}
      names={names}
      ignored={state.ignored}
      freshness={
        <FreshnessLine
          freshness={freshness}
          completeUntil={live.data?.complete_until}
          timeZone={undefined}
          paused={paused}
          onPause={setPaused}
        />
      }
      controls={
        <Statement
          // Another statement from the address begins anew; what is being written does not.
          key={question.sql}
          site={site}
          question={question}
          onAsk={ask}
          onLimit={(limit) => push(writeSql({ ...question, limit }))}
        />
      }
    >
      {question.sql !== '' && (
        <Card title="Answer">
          <Answer
            live={live}
            emptyWords={({ rows }) => (rows.length === 0 ? 'The answer has no rows.' : null)}
          >
            {(result) => <SqlTable result={result} />}
          </Answer>
        </Card>
      )}
    </PageFrame>
  )
}

// Paused: a statement may be heavy, so it is asked once, and again when that is wanted.
function useAnswer(site: Site | null, question: SqlQuestion | null) {
  const isAsked = question !== null && question.sql.trim() !== ''
  const call = isAsked ? { method: 'POST' as const, path: '/api/sql', body: question } : null
  return useCall<SqlResult>(site, call, 'columns', true)
}

interface StatementProps {
  site: Site
  question: SqlQuestion
  onAsk(sql: string): void
  onLimit(limit: number): void
}

function Statement({ site, question, onAsk, onLimit }: StatementProps) {
  const { project } = question
  const [sql, setSql] = useState(question.sql)
  const path = `/api/sql/schema?${new URLSearchParams({ project })}`
  const schema = useCall<SqlSchema>(site, { method: 'GET', path }, 'tables', true)
  const properties = usePropertyNames(site, project)
  const completions = useMemo(() => {
    if (!schema.data) return []
    const sent = properties.data?.properties.filter(({ source }) => source === 'sender') ?? []
    return completionsOf(
      schema.data,
      sent.map(({ property }) => property),
    )
  }, [schema.data, properties.data])
  const run = () => {
    if (sql.trim() !== '') onAsk(sql)
  }
  return (
    <section className="controls" aria-label="Question">
      <SqlEditor sql={sql} completions={completions} onChange={setSql} onRun={run} />
      <div className="control-row">
        <button type="button" className="primary" disabled={sql.trim() === ''} onClick={run}>
          Run
        </button>
        <Choice
          label="Rows at most"
          value={String(question.limit) as keyof typeof SQL_LIMITS}
          options={optionsOf(SQL_LIMITS)}
          onChange={(limit) => onLimit(Number(limit))}
        />
        <p className="hint">
          Ctrl+Enter runs it.{' '}
          {schema.data &&
            `It may take ${schema.data.limits.seconds} s and ${Math.round(schema.data.limits.memory_bytes / 1024 ** 2)} MiB.`}
        </p>
      </div>
      {sql === '' && (
        <p className="sql-examples">
          Begin with{' '}
          {EXAMPLES.map((example) => (
            <button
              key={example.title}
              type="button"
              className="quiet"
              onClick={() => setSql(example.sql)}
            >
              {example.title}
            </button>
          ))}
        </p>
      )}
      {schema.data && <SchemaList schema={schema.data} />}
    </section>
  )
}
