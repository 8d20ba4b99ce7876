import type { ReactNode } from 'react'
import type { Site } from '../../lib/site.ts'

interface Props {
  title: string
  /** Where this page belongs to, above its title. @default nothing */
  back?: { href: string; name: string }
  site: Site
  project: string
  ignored: string[]
  actions?: ReactNode
  children: ReactNode
}

/** What the pages of what people save share: title, project, actions. */
export function SavedFrame({ title, back, site, project, ignored, actions, children }: Props) {
  return (
    <>
      <div className="page-head">
        <div>
          {back && (
            <a className="page-back" href={back.href}>
              <span aria-hidden="true">←</span> {back.name}
            </a>
          )}
          <h1>{title}</h1>
          <p className="page-project">
            Project <strong>{project}</strong> at {site.connection.url.replace(/^https?:\/\//, '')}
          </p>
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {ignored.length > 0 && (
        <p className="notice notice-warning" role="status">
          Parts of this address were not understood: <code>{ignored.join('  ')}</code>
        </p>
      )}
      {children}
    </>
  )
}
