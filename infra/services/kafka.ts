import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kafkaJars } from './kafka-jars.ts'
import { freePorts } from './ports.ts'
import { ServiceProcess } from './process.ts'
import { run } from './run.ts'
import type { RealService } from './service.ts'
import { javaProgram, requireTools } from './tools.ts'

export interface KafkaBroker extends RealService {
  readonly nodeId: number
  /** `127.0.0.1:PORT` of its clients. */
  readonly address: string
}

/** One node, or three with three copies of which two must be there for a write. */
export interface KafkaCluster {
  readonly brokers: readonly KafkaBroker[]
  /** `KAFKA_BROKERS`: the addresses of all brokers, comma separated. */
  readonly addresses: string
  /** Starts the brokers that do not run. */
  start(): Promise<void>
  kill(): Promise<void>
  stop(): Promise<void>
}

export interface KafkaOptions {
  folder: string
  /** @default 1 */
  brokers?: 1 | 3
  /** Ports of the clients, one for each broker. @default free ones */
  ports?: readonly number[]
}

interface Node {
  id: number
  folder: string
  port: number
  controllerPort: number
}

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024
const HEAP_MB = { 1: 512, 3: 384 }
// Starts a broker in 2 s instead of 4, and keeps three of them small.
const JVM_FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError']
const CLUSTER_ID = 'aGVhZHdhdGVyLWxvY2FsMQ'

/** Starts the cluster of this folder, and makes it the first time. */
export async function startKafkaCluster(options: KafkaOptions): Promise<KafkaCluster> {
  requireTools('Kafka')
  const count = options.brokers ?? 1
  const ports = options.ports ?? (await freePorts(count))
  const controllerPorts = await freePorts(count)
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    folder: join(options.folder, `broker-${index + 1}`),
    port: ports[index] ?? 0,
    controllerPort: controllerPorts[index] ?? 0,
  }))
  const java = await javaCommand()
  await Promise.all(nodes.map((node) => format(java, node, nodes)))
  const brokers = nodes.map((node) => broker([...java, `-Xmx${HEAP_MB[count]}m`], node))
  const cluster = {
    brokers,
    addresses: brokers.map(({ address }) => address).join(','),
    async start() {
      // Together: one alone is no quorum, and would wait for another.
      await allOf(brokers.filter(({ pid }) => !pid).map((broker) => broker.start()))
    },
    async kill() {
      await allOf(brokers.map((broker) => broker.kill()))
    },
    async stop() {
      await allOf(brokers.map((broker) => broker.stop()))
    },
  }
  try {
    await cluster.start()
  } catch (error) {
    await cluster.kill()
    throw error
  }
  return cluster
}

function broker(java: string[], { id, folder, port }: Node): KafkaBroker {
  const broker = new ServiceProcess({
    name: `kafka-${id}`,
    folder,
    command: [...java, 'kafka.Kafka', join(folder, 'server.properties')],
    // Written when the controller has unfenced the broker and it takes requests.
    isReady: (output) => output.includes('Kafka Server started'),
  })
  return Object.assign(broker, { nodeId: id, address: `127.0.0.1:${port}` })
}

async function javaCommand(): Promise<string[]> {
  const logging = join(import.meta.dirname, 'kafka/log4j2.properties')
  const jars = join(await kafkaJars(), '*')
  return [javaProgram(), ...JVM_FLAGS, `-Dlog4j2.configurationFile=${logging}`, '-cp', jars]
}

async function format(java: string[], node: Node, nodes: Node[]): Promise<void> {
  mkdirSync(node.folder, { recursive: true })
  const properties = join(node.folder, 'server.properties')
  const lines = Object.entries(settings(node, nodes)).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(properties, lines.join(''))
  if (existsSync(join(node.folder, 'data/meta.properties'))) return
  const tool = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties]
  await run([...java, ...tool])
}

function settings(node: Node, nodes: Node[]): Record<string, string | number | boolean> {
  const copies = nodes.length
  const required = copies > 1 ? 2 : 1
  return {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': nodes
      .map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`)
      .join(','),
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(node.folder, 'data'),
    'auto.create.topics.enable': false,
    'default.replication.factor': copies,
    'min.insync.replicas': required,
    'message.max.bytes': MAX_MESSAGE_BYTES,
    'replica.fetch.max.bytes': MAX_MESSAGE_BYTES,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': required,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': required,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // A broker that was killed is noticed after this, and only then let in again.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'log.cleaner.dedupe.buffer.size': MAX_MESSAGE_BYTES,
    'num.network.threads': 2,
    'num.io.threads': 4,
  }
}

// Waits for the others when one fails, so that none is still under way.
async function allOf(work: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
