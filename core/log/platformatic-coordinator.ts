import {
  type Admin,
  type API,
  type Broker,
  ConnectionPool,
  FindCoordinatorKeyTypes,
  findErrorBy,
} from '@platformatic/kafka'

export const CLIENT_ID = 'headwater'
export const CONNECT_TIMEOUT_MS = 3_000

/** A group's answers that say it goes on without us as we are; everything else may pass. */
const REFUSALS = [
  'MEMBER_ID_REQUIRED',
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
] as const
export type Refusal = (typeof REFUSALS)[number]

export function refusalOf(error: unknown): Refusal | null {
  return REFUSALS.find((id) => error instanceof Error && findErrorBy(error, 'apiId', id)) ?? null
}

/** Asks the broker that keeps a group; looks for it again whenever it did not answer. */
export class Coordinator {
  readonly #admin: Admin
  readonly #group: string
  readonly #pool: ConnectionPool
  #broker: Broker | null = null

  constructor(admin: Admin, group: string, requestTimeout: number) {
    this.#admin = admin
    this.#group = group
    this.#pool = new ConnectionPool(CLIENT_ID, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout,
    })
  }

  async ask<Args extends unknown[], Answer>(
    api: API<Args, Answer>,
    ...args: Args
  ): Promise<Answer> {
    try {
      this.#broker ??= await this.#find()
      return await api.async(await this.#pool.get(this.#broker), ...args)
    } catch (error) {
      if (!refusalOf(error)) this.#broker = null
      throw error
    }
  }

  /** Also ends what was asked and not answered yet. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  async #find(): Promise<Broker> {
    const keyType = FindCoordinatorKeyTypes.GROUP
    const [broker] = await this.#admin.findCoordinator({ keyType, keys: [this.#group] })
    if (!broker) throw new Error(`no coordinator of ${this.#group}`)
    return broker
  }
}
