import { logCheck } from '../log/health.ts'
import { kafkaDisk } from '../log/kafka-disk.ts'
import { openConfiguredLog } from '../log/open.ts'
import { systemClock } from '../shared/clock.ts'
import type { Config } from '../shared/config.ts'
import { certificateCheck, diskCheck, showDisks } from '../shared/health.ts'
import { jsonLogger } from '../shared/logger.ts'
import { createProcessMetrics } from '../shared/metrics.ts'
import { type Running, startWhole } from '../shared/running.ts'
import { bridgeRegion } from './region.ts'
import { startBridge } from './start.ts'

/** The bridge as a process of its own, on Kafka. Any number of them may stand behind one address. */
export function startBridgeAlone(
  config: Config,
  openLog: typeof openConfiguredLog = openConfiguredLog,
): Promise<Running> {
  return startWhole(async (closers) => {
    const logger = jsonLogger('bridge', config.LOG_LEVEL)
    const metrics = createProcessMetrics()
    const log = await openLog(config, logger)
    closers.add(() => log.close())
    const disk = kafkaDisk(config.KAFKA_BROKERS)
    closers.add(() => disk.close())
    showDisks(metrics, { log: disk.used })
    const certificates = config.HEALTH_CERTIFICATES.map((address) =>
      certificateCheck(address, config.HEALTH_MIN_CERTIFICATE_DAYS),
    )
    const bridge = await startBridge(
      {
        log,
        secret: config.BRIDGE_SECRET,
        previousSecret: config.BRIDGE_SECRET_PREVIOUS || undefined,
        region: bridgeRegion(config),
        clock: systemClock,
        logger,
        metrics,
        checks: [
          logCheck(log),
          diskCheck('log disk', disk.used, config.HEALTH_MAX_DISK_PERCENT),
          ...certificates,
        ],
      },
      config.HOST,
      config.BRIDGE_PORT,
    )
    closers.add(() => bridge.close())
    return { bridge: bridge.url }
  })
}
