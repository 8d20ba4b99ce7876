import type { AlertBody, Channel } from '@headwater/schemas/insights/alert'
import { EVERY } from '../../lib/alerts.ts'
import { Choice, optionsOf } from '../choice.tsx'
import { Line, Switch } from '../saved/fields.tsx'

/** What alerts and subscriptions have in common, as a form holds it. */
export interface NoticeDraft {
  name: string
  every: AlertBody['every']
  /** Minutes, as typed. */
  delay: string
  channels: ChannelDraft[]
  enabled: boolean
}

export interface ChannelDraft {
  type: Channel['type']
  /** An address, or several people's between commas. */
  to: string
}

export const NEW_NOTICE: NoticeDraft = {
  name: '',
  every: 'day',
  delay: '0',
  channels: [{ type: 'webhook', to: '' }],
  enabled: true,
}

const CHANNELS: Record<Channel['type'], string> = { webhook: 'Webhook', email: 'E-mail' }
const MAX_CHANNELS = 10

type Saved = Pick<AlertBody, 'name' | 'every' | 'delay_minutes' | 'channels' | 'enabled'>

/** A saved one as a form holds it. */
export const draftOf = ({ name, every, delay_minutes, channels, enabled }: Saved): NoticeDraft => ({
  ...{ name, every, enabled },
  delay: String(delay_minutes),
  channels: channels.map((channel) =>
    channel.type === 'webhook'
      ? { type: channel.type, to: channel.url }
      : { type: channel.type, to: channel.to.join(', ') },
  ),
})

/** A form as the API takes it, which judges it. */
export const savedOf = ({ name, every, delay, channels, enabled }: NoticeDraft): Saved => ({
  ...{ name, every, enabled },
  delay_minutes: Number(delay),
  channels: channels.map(({ type, to }) =>
    type === 'webhook'
      ? { type, url: to.trim() }
      : { type, to: to.split(/[,\s]+/).filter((address) => address !== '') },
  ),
})

interface Props {
  draft: NoticeDraft
  /** What the API found wrong, dotted. */
  fault: string | null
  onChange(change: Partial<NoticeDraft>): void
}

export function NoticeFields({ draft, fault, onChange }: Props) {
  return (
    <>
      <div className="form-row">
        <Choice
          label="Looked at"
          value={draft.every}
          options={optionsOf(EVERY)}
          onChange={(every) => onChange({ every })}
        />
        <Line
          label="Minutes after its end"
          type="number"
          value={draft.delay}
          isFaulty={fault === 'delay_minutes'}
          hint="For events that arrive late."
          onChange={(delay) => onChange({ delay })}
        />
      </div>
      <fieldset className="channels">
        <legend>Told to</legend>
        {draft.channels.map((channel, i) => (
          <ChannelLine
            // biome-ignore lint/suspicious/noArrayIndexKey: a channel has no identity but its place.
            key={i}
            number={i + 1}
            channel={channel}
            isFaulty={fault?.startsWith(`channels.${i}`) === true}
            onChange={(next) => onChange({ channels: draft.channels.with(i, next) })}
            onRemove={
              draft.channels.length > 1
                ? () => onChange({ channels: draft.channels.filter((_, place) => place !== i) })
                : null
            }
          />
        ))}
        {draft.channels.length < MAX_CHANNELS && (
          <button
            type="button"
            className="quiet"
            onClick={() => onChange({ channels: [...draft.channels, { type: 'webhook', to: '' }] })}
          >
            + Add receiver
          </button>
        )}
      </fieldset>
      <Switch
        label="Switched on"
        checked={draft.enabled}
        onChange={(enabled) => onChange({ enabled })}
      />
    </>
  )
}

interface ChannelProps {
  number: number
  channel: ChannelDraft
  isFaulty: boolean
  onChange(channel: ChannelDraft): void
  onRemove: (() => void) | null
}

function ChannelLine({ number, channel, isFaulty, onChange, onRemove }: ChannelProps) {
  const isMail = channel.type === 'email'
  return (
    <div className="form-row">
      <Choice
        label={`Receiver ${number}`}
        value={channel.type}
        options={optionsOf(CHANNELS)}
        onChange={(type) => onChange({ ...channel, type })}
      />
      <Line
        label={isMail ? `Addresses of receiver ${number}` : `URL of receiver ${number}`}
        value={channel.to}
        required
        isFaulty={isFaulty}
        placeholder={isMail ? 'ann@example.com, bob@example.com' : 'https://example.com/hooks'}
        onChange={(to) => onChange({ ...channel, to })}
      />
      {onRemove && (
        <button type="button" className="icon" onClick={onRemove}>
          <span aria-hidden="true">×</span>
          <span className="visually-hidden">Remove receiver {number}</span>
        </button>
      )}
    </div>
  )
}
