// For tests: auth as a process, and people who sign in to it.
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { type CoreProcess, SECRETS, startCore } from '../../core/core-process.ts'

const PASSWORD = 'correct horse battery'

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the body is
  body: any
  cookie: string
  tookMs: number
}

export interface AuthProcess extends CoreProcess {
  ask(path: string, init?: { cookie?: string; json?: unknown }): Promise<Answer>
  signUp(name: string): Promise<Answer>
  signIn(name: string): Promise<Answer>
}

export async function startAuthProcess(databaseUrl: string): Promise<AuthProcess> {
  const env = { ...SECRETS, DATABASE_URL: databaseUrl, AUTH_PORT: '0', LOG_LEVEL: 'error' }
  const core = await startCore('auth', env)
  const ask: AuthProcess['ask'] = (path, init) => send(`${core.urls.auth}${path}`, init)
  const enter = (how: string, name: string) =>
    ask(`/api/auth/${how}/email`, {
      json: { name, email: `${name}@example.com`, password: PASSWORD },
    })
  return {
    ...core,
    ask,
    signUp: (name) => enter('sign-up', name),
    signIn: (name) => enter('sign-in', name),
  }
}

let senders = 0

function send(url: string, init: { cookie?: string; json?: unknown } = {}): Promise<Answer> {
  const started = performance.now()
  senders++
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: init.json === undefined ? 'GET' : 'POST',
      agent: false,
      // Sign-ins are limited per address.
      localAddress: `127.0.${(senders >> 8) & 255}.${senders & 255 || 1}`,
      headers: {
        origin: 'http://localhost:3000',
        'content-type': 'application/json',
        ...(init.cookie && { cookie: init.cookie }),
      },
    })
    sent.on('error', reject)
    sent.on('response', async (response) => {
      const body = await json(response).catch(reject)
      const cookie = (response.headers['set-cookie'] ?? []).map((line) => line.split(';', 1)[0])
      const tookMs = performance.now() - started
      resolve({ status: response.statusCode ?? 0, body, cookie: cookie.join('; '), tookMs })
    })
    sent.end(init.json === undefined ? undefined : JSON.stringify(init.json))
  })
}
