import type { ReactNode } from 'react'
import type { QueryError } from '../lib/api.ts'
import type { Live } from '../lib/live.ts'

interface CardProps {
  title: string
  actions?: ReactNode
  className?: string
  children: ReactNode
}

export function Card({ title, actions, className = '', children }: CardProps) {
  return (
    <section className={`card ${className}`} aria-label={title}>
      <header className="card-header">
        <h2>{title}</h2>
        {actions && <div className="card-actions">{actions}</div>}
      </header>
      {children}
    </section>
  )
}

interface AnswerProps<T> {
  live: Live<T>
  /** Words for an answer that holds nothing; null when it holds something. */
  emptyWords: (data: T) => string | null
  children(data: T): ReactNode
}

/** The four states of an answer: loading, failed, empty, there. An old answer stays while a new one comes. */
export function Answer<T>({ live, emptyWords, children }: AnswerProps<T>) {
  const { data, error, stale } = live
  if (data === null) {
    return error ? <ErrorNotice error={error} /> : <Skeleton />
  }
  const empty = emptyWords(data)
  return (
    <div className="answer" data-stale={stale} aria-busy={stale}>
      {error && <ErrorNotice error={error} />}
      {empty === null ? children(data) : <p className="answer-empty">{empty}</p>}
    </div>
  )
}

export function ErrorNotice({ error }: { error: QueryError }) {
  return (
    <p className="notice notice-error" role="alert">
      {error.message}
      {error.field && (
        <>
          {' '}
          Field: <code>{error.field}</code>.
        </>
      )}
    </p>
  )
}

function Skeleton() {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">Loading</span>
    </div>
  )
}
