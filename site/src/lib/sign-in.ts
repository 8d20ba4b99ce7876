import { httpQueryClient, QueryError } from './api.ts'

/** Who signed in in this browser. */
export interface Session {
  /** Sent with every question. */
  token: string
  email: string
  /** Of the auth API that gave it, and can end it. */
  auth_url: string
}

/**
 * Opens a session at the auth API. No cookie is taken: the token is all there is of it. Rejects with a
 * QueryError.
 */
export async function signIn(auth_url: string, email: string, password: string): Promise<Session> {
  const { token } = await httpQueryClient(auth_url, undefined, null).call<{ token: string }>(
    { method: 'POST', path: '/api/auth/sign-in/email', body: { email, password } },
    'token',
  )
  return { token, email, auth_url }
}

/** Ends a session; one that has ended already is fine. Rejects with a QueryError. */
export async function signOut({ auth_url, token }: Session): Promise<void> {
  try {
    await httpQueryClient(auth_url, undefined, token).call<{ success: boolean }>(
      { method: 'POST', path: '/api/auth/sign-out', body: {} },
      'success',
    )
  } catch (error) {
    if (!(error instanceof QueryError) || error.kind !== 'refused') throw error
  }
}
