import type { ExportFormat } from '@headwater/schemas/insights/export'
import { type EventsQuestion, EXPORT_FORMATS, exportPath } from '../../lib/events-question.ts'
import type { Site } from '../../lib/site.ts'

interface Props {
  site: Site
  question: EventsQuestion
}

/**
 * The same events as a file. Links, so that the browser writes the file while the store still reads:
 * it may be larger than the memory of a page.
 */
export function ExportLinks({ site, question }: Props) {
  const isSearched = question.search !== ''
  const links = Object.entries(EXPORT_FORMATS).map(([format, words]) => {
    const path = exportPath(question, format as ExportFormat)
    return path && { words, href: site.connection.url + path }
  })
  return (
    <span className="export-links">
      {isSearched ? 'Export (without the search):' : 'Export:'}
      {links.includes(null) && ' none by names with a comma'}
      {links.map(
        (link) =>
          link && (
            <a key={link.words} href={link.href} download>
              {link.words}
            </a>
          ),
      )}
    </span>
  )
}
