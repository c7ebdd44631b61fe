// The reach to a node in a container, with what the platforms say that it lacks.
import { lacksOf } from '#helpers/lacks.ts'
import type { Runtime } from '#src/model/index.ts'
import { containerReach } from '#src/targets/container/index.ts'

/** `seed`: of its chance; absent: a new one. */
export const reachOf = (container: string, seed?: number): Runtime =>
  containerReach({
    container,
    lacks: lacksOf('container', process.platform),
    ...(seed === undefined ? {} : { seed }),
  })
