// The runtime of a node in a container, with the abilities that the platforms report as lacking.
import { lacksOf } from '#helpers/lacks.ts'
import type { Runtime } from '#src/model/index.ts'
import { containerRuntime } from '#src/targets/container/index.ts'

/** The runtime of a node. Without a seed its random numbers differ in each run. */
export const nodeRuntime = (container: string, seed?: number): Runtime =>
  containerRuntime({
    container,
    lacks: lacksOf('container', process.platform),
    ...(seed === undefined ? {} : { seed }),
  })
