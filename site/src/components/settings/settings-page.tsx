import type { ProjectSettings, SettingsBody } from '@headwater/schemas/insights/settings'
import { useState } from 'react'
import { useSearch } from '../../lib/address.ts'
import { readSaved } from '../../lib/saved-address.ts'
import { useSaved } from '../../lib/saved-calls.ts'
import { type Site, useSite } from '../../lib/site.ts'
import { Answer, Card } from '../card.tsx'
import { History } from '../saved/history.tsx'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { SettingsForm } from './settings-form.tsx'

/** What a project says once for all its questions. */
export function SettingsPage() {
  const site = useSite()
  const [search] = useSearch()
  const state = site && readSaved(search, site.defaults)
  if (!site || !state) return null
  return (
    <SavedFrame title="Settings" site={site} project={state.project} ignored={state.ignored}>
      <Settings site={site} project={state.project} />
    </SavedFrame>
  )
}

function Settings({ site, project }: { site: Site; project: string }) {
  const params = new URLSearchParams({ project })
  const path = `/api/settings?${params}`
  const live = useSaved<ProjectSettings>(site, path, 'version')
  /** What the form was filled with after the first time, and how often that was. */
  const [filled, setFilled] = useState<{ settings: ProjectSettings; times: number } | null>(null)
  const [told, setTold] = useState('')
  const fill = (settings: ProjectSettings, words: string) => {
    setFilled({ settings, times: (filled?.times ?? 0) + 1 })
    setTold(words)
  }
  const reload = async () =>
    fill(await site.client.call<ProjectSettings>({ method: 'GET', path }, 'version'), '')
  return (
    <Answer live={live} emptyWords={() => null}>
      {(read) => {
        const newest = filled && filled.settings.version > read.version ? filled.settings : read
        return (
          <>
            <Card title="What questions mean that do not say it themselves">
              <SettingsForm
                // What somebody else saves in the meantime does not replace what is being typed.
                key={filled?.times ?? 0}
                site={site}
                path={path}
                settings={filled?.settings ?? read}
                onSaved={(settings) => fill(settings, 'Saved.')}
                onReload={reload}
              />
              <p className="hint" role="status">
                {told}
              </p>
            </Card>
            <Card title="History" className="card-below">
              <History<SettingsBody>
                site={site}
                path={`/api/settings/history?${params}`}
                version={newest.version}
                describe={wordsOf}
                restore={async ({ item, version }) => {
                  const body = { ...item, version: newest.version }
                  const call = { method: 'PUT', path, body } as const
                  const settings = await site.client.call<ProjectSettings>(call, 'version')
                  fill(settings, `Version ${version} is back.`)
                }}
              />
            </Card>
          </>
        )
      }}
    </Answer>
  )
}

function wordsOf(body: SettingsBody): string {
  const filters = body.internal_users_filters.length
  const internal = filters === 0 ? 'nobody is internal' : `${filters} internal filters`
  const left = body.filter_internal_by_default ? ', left out of insights' : ''
  return `${body.time_zone}, weeks from ${body.week_start}, ${internal}${left}`
}
