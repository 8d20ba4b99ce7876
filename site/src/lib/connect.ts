import { httpQueryClient, QueryError } from './api.ts'
import { normalizeUrl, saveConnection } from './connection.ts'
import { type Session, signIn } from './sign-in.ts'

export type FieldName = 'url' | 'project' | 'readKey' | 'email' | 'password'
export interface Fault {
  field: FieldName
  message: string
}

/** What the Connect page was filled with. */
export interface Attempt {
  url: string
  project: string
  readKey: string
  /** Who wants to sign in; null for nobody. */
  account: { email: string; password: string } | null
  /** Of who has signed in already. */
  session: Session | null
  auth_url: string
}

/** What a header can carry. */
const READ_KEY = /^[\x21-\x7e]*$/

/** Asks before it remembers: a saved connection has worked once. Answers what is wrong, by the field. */
export async function tryConnection(attempt: Attempt): Promise<Fault | null> {
  const { project, readKey, account } = attempt
  const url = normalizeUrl(attempt.url)
  if (!url) return { field: 'url', message: `"${attempt.url}" is not an http or https address.` }
  if (project === '') return { field: 'project', message: 'Name the project, such as default.' }
  if (!READ_KEY.test(readKey)) {
    return { field: 'readKey', message: 'A read key is letters and digits, such as rk_….' }
  }
  let { session } = attempt
  if (account) {
    if (account.password === '') return { field: 'password', message: 'Enter the password.' }
    try {
      session = await signIn(attempt.auth_url, account.email, account.password)
    } catch (error) {
      return { field: signInField(known(error)), message: known(error).message }
    }
  }
  const client = httpQueryClient(url, undefined, session?.token ?? (readKey || null))
  try {
    await client.check()
    await client.freshness(project)
  } catch (error) {
    return { field: queryField(known(error), session), message: known(error).message }
  }
  // A key that is not used any more is not kept.
  saveConnection({
    ...{ url, project },
    ...(session ? { session } : readKey && { readKey }),
  })
  return null
}

function known(error: unknown): QueryError {
  if (error instanceof QueryError) return error
  throw error
}

const signInField = ({ kind, code }: QueryError): FieldName =>
  kind === 'refused' && code === 'invalid_email_or_password' ? 'password' : 'email'

/** The field of the form, by the one that the API names. */
function queryField({ field }: QueryError, session: Session | null): FieldName {
  if (field === 'project') return 'project'
  return field === 'authorization' && !session ? 'readKey' : 'url'
}
