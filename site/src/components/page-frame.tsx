import type { EventNames } from '@headwater/schemas/insight'
import { type ReactNode, useMemo, useState } from 'react'
import type { QueryErrorKind } from '../lib/api.ts'
import { DEFAULT_PROJECT } from '../lib/connection.ts'
import type { Live } from '../lib/live.ts'
import { usePropertyNames } from '../lib/questions.ts'
import type { Site } from '../lib/site.ts'
import { ErrorNotice } from './card.tsx'
import { PropertyOptions, propertyOptions } from './property-options.ts'

interface Props {
  title: string
  site: Site
  project: string
  names: Live<EventNames>
  ignored: string[]
  controls: ReactNode
  freshness: ReactNode
  children: ReactNode
}

/** What all question pages share: title, controls, and the states that concern the whole page. */
export function PageFrame(props: Props) {
  const { title, site, project, names, ignored, controls, freshness, children } = props
  const nothingYet = names.data?.events.length === 0
  const [chartsAnyway, setChartsAnyway] = useState(false)
  const properties = usePropertyNames(site, project)
  const options = useMemo(() => propertyOptions(properties.data), [properties.data])
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{title}</h1>
          <p className="page-project">
            Project <strong>{project}</strong> at {site.connection.url.replace(/^https?:\/\//, '')}
          </p>
        </div>
        {freshness}
      </div>
      {ignored.length > 0 && (
        <p className="notice notice-warning" role="status">
          Parts of this address were not understood and are not in the picture:{' '}
          <code>{ignored.join('  ')}</code>
        </p>
      )}
      {names.data === null && names.error ? (
        <Unreachable live={names} />
      ) : nothingYet && !chartsAnyway ? (
        <NothingYet site={site} project={project} onSkip={() => setChartsAnyway(true)} />
      ) : (
        <PropertyOptions value={options}>
          {controls}
          {children}
        </PropertyOptions>
      )}
    </>
  )
}

const PROBLEMS: Record<QueryErrorKind, string> = {
  unreachable: 'No answer from the Query API',
  origin_refused: 'The Query API does not answer to this site',
  not_headwater: 'This is not a Headwater Query API',
  refused: 'The Query API refused the question',
  failed: 'The Query API failed',
}

function Unreachable({ live }: { live: Live<EventNames> }) {
  if (!live.error) return null
  return (
    <section className="panel" aria-label="Connection problem">
      <h2>{PROBLEMS[live.error.kind]}</h2>
      <ErrorNotice error={live.error} />
      <p>
        This page tries again every few seconds. Address and project are set on the{' '}
        <a href="/">Connect page</a>.
      </p>
    </section>
  )
}

interface NothingYetProps {
  site: Site
  project: string
  onSkip(): void
}

function NothingYet({ site, project, onSkip }: NothingYetProps) {
  const { capture_url, demo_url, write_key } = site.addresses
  // The deployment knows the key of its first project only.
  const ownKey = project === DEFAULT_PROJECT ? write_key : null
  const key = ownKey ?? `wk_${project}_…`
  const event = JSON.stringify({ api_key: key, event: '$pageview', distinct_id: 'me' })
  return (
    <section className="panel" aria-label="No events yet">
      <h2>No events yet</h2>
      <p>
        Open the <a href={demo_url}>demo shop</a> and click around, see on{' '}
        <a href={`/install?${new URLSearchParams({ project })}`}>Send events</a> how your
        application does, or send one event yourself:
      </p>
      <pre>
        <code>
          {`curl ${capture_url}/capture -H 'content-type: application/json' \\\n  -d '${event}'`}
        </code>
      </pre>
      {!ownKey && (
        <p className="hint">
          The write key of your project is on the screen where <code>npm start</code> runs.
        </p>
      )}
      <p>This page shows the event within seconds, without a reload.</p>
      <p className="hint">
        Nothing came in the last 90 days.{' '}
        <button type="button" className="quiet" onClick={onSkip}>
          Look at earlier days
        </button>
      </p>
    </section>
  )
}
