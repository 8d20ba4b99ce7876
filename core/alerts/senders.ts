import type { Senders } from './channels.ts'
import { type MailOptions, mailSender, noMailSender } from './mail.ts'
import { type WebhookOptions, webhookSender } from './webhook.ts'

export interface SendOptions {
  webhooks: WebhookOptions
  /** @default no e-mail can be sent */
  mail?: MailOptions | undefined
}

export const sendersOf = ({ webhooks, mail }: SendOptions): Senders => ({
  webhook: webhookSender(webhooks),
  email: mail ? mailSender(mail) : noMailSender,
})
