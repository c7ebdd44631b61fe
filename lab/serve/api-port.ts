// The host port on which the world publishes its API server.
import type { Lab } from '#lab/lab.ts'

export const isApi = (lab: Lab, port: number): boolean => {
  const route = lab.host.apiAt(port)
  return route.kind === 'open' && route.service === 'api'
}

/** Finds the current port. While the world publishes none, returns the last one. */
export function apiPortOf(lab: Lab): () => number {
  let last = 0
  return () => {
    if (last === 0 || !isApi(lab, last))
      last = [...lab.host.faultControls.vm().forwards].find(port => isApi(lab, port)) ?? last
    return last
  }
}
