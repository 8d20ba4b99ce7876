import {
  type Admin,
  decodeConsumerProtocolAssignment,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
  joinGroupV7,
  leaveGroupV4,
  syncGroupV5,
} from '@platformatic/kafka'
import type { KafkaLogOptions } from './kafka.ts'
import { Coordinator, refusalOf } from './platformatic-coordinator.ts'
import { Generation } from './platformatic-generation.ts'
import { orAborted, retryUntil } from './retry.ts'

/** As kafkajs calls it: members of both clients are one group while one client replaces the other. */
const PROTOCOL = 'RoundRobinAssigner'
const PROTOCOL_TYPE = 'consumer'
const MIN_REQUEST_TIMEOUT_MS = 3_000
const LEAVE_TIMEOUT_MS = 3_000

/**
 * A member of a group, by the classic protocol in versions that every Kafka from 3.0 to 4 speaks.
 * The client's own consumer would join again while calls are under way, and commits without a text.
 */
export class Membership {
  readonly #admin: Admin
  readonly #group: string
  readonly #options: KafkaLogOptions
  /** For what the coordinator may hold until every member has come. */
  readonly #patient: Coordinator
  readonly #prompt: Coordinator
  #memberId = ''

  constructor(admin: Admin, group: string, options: KafkaLogOptions) {
    this.#admin = admin
    this.#group = group
    this.#options = options
    const promptMs = Math.max(MIN_REQUEST_TIMEOUT_MS, options.sessionTimeoutMs / 3)
    this.#patient = new Coordinator(admin, group, this.#rebalanceTimeoutMs + promptMs)
    this.#prompt = new Coordinator(admin, group, promptMs)
  }

  /** Resolves when the group has dealt out its partitions; null when `signal` ended the wait. */
  join(signal: AbortSignal): Promise<Generation | null> {
    return retryUntil(signal, () =>
      orAborted(signal, this.#join()).catch((error) => this.#failed(error)),
    )
  }

  /** Ends within seconds, also when the group does not answer: it will miss us by itself. */
  async leave(): Promise<void> {
    if (this.#memberId) {
      const left = this.#prompt.ask(leaveGroupV4.api, this.#group, [{ memberId: this.#memberId }])
      await orAborted(AbortSignal.timeout(LEAVE_TIMEOUT_MS), left).catch(() => {})
    }
    await Promise.all([this.#patient.close(), this.#prompt.close()])
  }

  get #rebalanceTimeoutMs(): number {
    return this.#options.sessionTimeoutMs * 2
  }

  async #join(): Promise<Generation> {
    const { generationId, memberId, leader, members } = await this.#enter()
    const assignments = leader === memberId ? await this.#deal(members) : []
    const { assignment } = await this.#patient.ask(
      syncGroupV5.api,
      this.#group,
      generationId,
      memberId,
      null,
      PROTOCOL_TYPE,
      PROTOCOL,
      assignments,
    )
    const { topic } = this.#options
    const { assignedPartitions } = decodeConsumerProtocolAssignment(assignment)
    return new Generation({
      coordinator: this.#prompt,
      options: this.#options,
      group: this.#group,
      id: generationId,
      memberId,
      partitions: assignedPartitions.find((assigned) => assigned.topic === topic)?.partitions ?? [],
    })
  }

  async #enter(): Promise<joinGroupV7.JoinGroupResponse> {
    const { sessionTimeoutMs, topic } = this.#options
    const metadata = encodeConsumerProtocolSubscription({ version: 0, topics: [topic] })
    try {
      const entered = await this.#patient.ask(
        joinGroupV7.api,
        this.#group,
        sessionTimeoutMs,
        this.#rebalanceTimeoutMs,
        this.#memberId,
        null,
        PROTOCOL_TYPE,
        [{ name: PROTOCOL, metadata }],
        null,
      )
      this.#memberId = entered.memberId
      return entered
    } catch (error) {
      if (refusalOf(error) !== 'MEMBER_ID_REQUIRED') throw error
      this.#memberId = (error as { response: joinGroupV7.JoinGroupResponse }).response.memberId
      return this.#enter()
    }
  }

  /** What each member gets; every member comes to the same. */
  async #deal(members: readonly { memberId: string }[]) {
    const { topic } = this.#options
    const metadata = await this.#admin.metadata({ topics: [topic], forceUpdate: true })
    const count = metadata.topics.get(topic)?.partitionsCount ?? 0
    const ids = members.map(({ memberId }) => memberId).sort()
    return ids.map((memberId, place) => {
      const partitions = [...Array(count).keys()].filter((index) => index % ids.length === place)
      const assignedPartitions = [{ topic, partitions }]
      return {
        memberId,
        assignment: encodeConsumerProtocolAssignment({ version: 0, assignedPartitions }),
      }
    })
  }

  #failed(error: unknown): never {
    const refusal = refusalOf(error)
    if (refusal === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
    if (!refusal) this.#options.logger.log('warn', 'kafka_join', { error: String(error) })
    throw error
  }
}
