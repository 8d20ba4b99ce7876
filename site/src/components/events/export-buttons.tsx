import type { ExportFormat } from '@headwater/schemas/insights/export'
import { useRef, useState } from 'react'
import { type QueryError, toQueryError } from '../../lib/api.ts'
import { type EventsQuestion, EXPORT_FORMATS, exportPath } from '../../lib/events-question.ts'
import { formatBytes } from '../../lib/format.ts'
import { saveFile } from '../../lib/save-file.ts'
import type { Site } from '../../lib/site.ts'
import { ErrorNotice } from '../card.tsx'
import { optionsOf } from '../choice.tsx'

interface Props {
  site: Site
  question: EventsQuestion
}

/** The same events as a file, with how much of it came, and a way to stop. */
export function ExportButtons({ site, question }: Props) {
  const [bytes, setBytes] = useState<number | null>(null)
  const [failure, setFailure] = useState<QueryError | null>(null)
  const running = useRef<AbortController | null>(null)
  const isSearched = question.search !== ''

  const start = async (format: ExportFormat, path: string) => {
    const abort = new AbortController()
    running.current = abort
    setFailure(null)
    setBytes(0)
    try {
      const blob = await site.client.file(path, setBytes, abort.signal)
      saveFile(blob, `${question.project}-events.${format}`)
    } catch (error) {
      if (!abort.signal.aborted) setFailure(toQueryError(error))
    }
    setBytes(null)
  }

  if (bytes !== null) {
    return (
      <span className="export-links">
        <span role="status">Exporting … {formatBytes(bytes)}</span>
        <button type="button" className="quiet" onClick={() => running.current?.abort()}>
          Cancel
        </button>
      </span>
    )
  }
  return (
    <span className="export-links">
      {failure && <ErrorNotice error={failure} />}
      {isSearched ? 'Export (without the search)' : 'Export'}
      {optionsOf(EXPORT_FORMATS).map(([format, words]) => {
        const path = exportPath(question, format)
        const why = path === null ? 'A name with a comma cannot be exported here' : undefined
        return (
          <button
            key={format}
            type="button"
            className="quiet"
            disabled={path === null}
            title={why}
            onClick={() => path !== null && void start(format, path)}
          >
            {words}
          </button>
        )
      })}
    </span>
  )
}
