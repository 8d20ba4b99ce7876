import { createHmac } from 'node:crypto'
import { type LookupAddress, lookup as resolveName } from 'node:dns'
import { type ClientRequest, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './addresses.ts'
import type { Message, Sender, Sent } from './channels.ts'

/** For everything: name, connection, answer. */
const TIMEOUT_MS = 10_000
/** The receiver is gone for good. */
const GONE = 410

export interface WebhookOptions {
  /** Makes the secret of each project. */
  secret: string
  /** Host names that may be on our own networks. @default none */
  privateHosts?: readonly string[]
  /** @default 10 s */
  timeoutMs?: number
  /** Finds a name's addresses. @default the system's */
  resolve?: (name: string) => Promise<readonly string[]>
}

/** What a project's receivers check signatures with. */
export const webhookSecret = (secret: string, project: string): string =>
  `whsec_${keyOf(secret, project).toString('base64')}`

const keyOf = (secret: string, project: string): Buffer =>
  createHmac('sha256', secret).update(`webhook\n${project}`).digest()

/** Sends signed POST requests, after the Standard Webhooks specification. Follows no redirect. */
export function webhookSender(options: WebhookOptions): Sender {
  const { secret, timeoutMs = TIMEOUT_MS } = options
  return {
    async send(message, now) {
      const { id, project, body } = message
      const time = Math.floor(now / 1000)
      const signature = createHmac('sha256', keyOf(secret, project))
        .update(`${id}.${time}.${body}`)
        .digest('base64')
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'headwater',
        'webhook-id': id,
        'webhook-timestamp': String(time),
        'webhook-signature': `v1,${signature}`,
      }
      return post(message, headers, { ...options, timeoutMs })
    },
  }
}

function post(
  { url, body }: Message,
  headers: Record<string, string | number>,
  options: WebhookOptions & { timeoutMs: number },
): Promise<Sent> {
  return new Promise((resolve) => {
    const failed = (problem: string, final = false) =>
      resolve({ ok: false, status: null, problem, final })
    const target = new URL(url)
    const host = target.hostname.replace(/^\[|\]$/g, '')
    const mayBePrivate = options.privateHosts?.includes(host) ?? false
    // A name is judged by the address that is connected to: asked before, it could change meanwhile.
    const lookup = mayBePrivate ? undefined : publicLookup(options.resolve)
    if (isIP(host) && !mayBePrivate && !isPublicAddress(host)) return failed(notPublic(host))
    const request: ClientRequest = (target.protocol === 'https:' ? requestHttps : requestHttp)(
      target,
      { method: 'POST', headers, agent: false, ...(lookup && { lookup }) },
      (response) => {
        const status = response.statusCode ?? 0
        // Its answer is nobody's business, and could be endless.
        response.destroy()
        clearTimeout(timer)
        if (status >= 200 && status < 300) return resolve({ ok: true, status })
        const redirect = status >= 300 && status < 400 ? ' a redirect, which is not followed:' : ''
        const problem = `the receiver answered${redirect} ${status}`
        resolve({ ok: false, status, problem, final: status === GONE })
      },
    )
    const timer = setTimeout(() => {
      failed(`the receiver did not answer in ${options.timeoutMs} ms`)
      request.destroy()
    }, options.timeoutMs)
    request.on('error', (error) => {
      clearTimeout(timer)
      failed(describe(error))
    })
    request.end(body)
  })
}

const notPublic = (host: string): string => `${host} is not on the open internet`

/** Finds a name's addresses, and refuses it when any is not public. */
function publicLookup(
  resolve: NonNullable<WebhookOptions['resolve']> = systemResolve,
): LookupFunction {
  return (name, options, callback) => {
    resolve(name).then(
      (addresses) => {
        const found: LookupAddress[] = addresses.map((address) => ({
          address,
          family: isIP(address),
        }))
        const [first] = found
        if (!first || !addresses.every(isPublicAddress)) {
          return callback(new Error(notPublic(name)), '', 0)
        }
        if (options.all) callback(null, found)
        else callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }
}

function systemResolve(name: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    resolveName(name, { all: true }, (error, addresses) => {
      if (error) reject(error)
      else resolve(addresses.map(({ address }) => address))
    })
  })
}

// Never the error's whole text: it can name what stands on our networks.
function describe(error: NodeJS.ErrnoException): string {
  if (/is not on the open internet$/.test(error.message)) return error.message
  return `the receiver cannot be reached (${error.code ?? error.name})`
}
