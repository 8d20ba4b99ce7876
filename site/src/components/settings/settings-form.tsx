import type { ProjectSettings, SettingsBody } from '@headwater/schemas/insights/settings'
import { type FormEvent, useState } from 'react'
import { useAction } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Choice, optionsOf } from '../choice.tsx'
import { NotSaved } from '../saved/conflict.tsx'
import { Switch } from '../saved/fields.tsx'
import { InternalFilters } from './internal-filters.tsx'

interface Props {
  site: Site
  path: string
  settings: ProjectSettings
  onSaved(settings: ProjectSettings): void
  /** Gives up what was not saved for what somebody else saved. */
  onReload(): void
}

export const WEEK_STARTS: Record<SettingsBody['week_start'], string> = {
  monday: 'Monday',
  sunday: 'Sunday',
  saturday: 'Saturday',
}
export const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

export function SettingsForm({ site, path, settings, onSaved, onReload }: Props) {
  // As they were when the form was filled: that version is the one that is changed.
  const [seen] = useState(settings)
  const { version, updated_at: _, ...start } = seen
  const [body, setBody] = useState<SettingsBody>(start)
  const action = useAction()
  const change = (more: Partial<SettingsBody>) => setBody({ ...body, ...more })
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const call = { method: 'PUT', path, body: { ...body, version } } as const
    await action.run(async () => onSaved(await site.client.call<ProjectSettings>(call, 'version')))
  }
  const zones = ZONES.includes(body.time_zone) ? ZONES : [body.time_zone, ...ZONES]
  return (
    <form className="form settings-form" onSubmit={save}>
      <div className="control-row">
        <Choice
          label="Time zone"
          value={body.time_zone}
          options={zones.map((zone) => [zone, zone.replaceAll('_', ' ')] as const)}
          onChange={(time_zone) => change({ time_zone })}
        />
        <Choice
          label="Weeks begin on"
          value={body.week_start}
          options={optionsOf(WEEK_STARTS)}
          onChange={(week_start) => change({ week_start })}
        />
      </div>
      <InternalFilters
        filters={body.internal_users_filters}
        onChange={(internal_users_filters) => change({ internal_users_filters })}
      />
      <Switch
        label="Leave internal events out of insights that do not say otherwise"
        checked={body.filter_internal_by_default}
        onChange={(filter_internal_by_default) => change({ filter_internal_by_default })}
      />
      <NotSaved error={action.error} onReload={onReload} />
      <div className="form-actions">
        <button type="submit" className="primary" disabled={action.busy}>
          {action.busy ? 'Saving …' : 'Save'}
        </button>
      </div>
    </form>
  )
}
