const DEFAULT_SEEDS = 2_000

/** SIM_SEED replays one history; SIM_SEEDS says how many to run. */
export function simulationConfig(env: Record<string, string | undefined> = process.env) {
  return {
    seed: env.SIM_SEED ? Number(env.SIM_SEED) : null,
    seeds: env.SIM_SEEDS ? Number(env.SIM_SEEDS) : DEFAULT_SEEDS,
  }
}
