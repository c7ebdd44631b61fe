// Images: which a node has, which a registry gives, and the texts and back-offs of those that do not come.
import type { SeededRandom } from '../kernel/random.ts'
import { fullImage, registryOf, repository } from './apps.ts'

/** Why an image does not come: it is not there, or its registry cannot be reached. */
export type PullFault = 'not-found' | 'unreachable'

/**
 * What the registries out there hold: everything, but for the entries of `faults`,
 * by image, by repository, by registry host, or `*` for all of them.
 */
export interface Registry {
  readonly faults: Map<string, PullFault>
}

/** The upstream default: Always for `latest` and for no tag, else IfNotPresent. */
export function pullPolicy(image: string, policy: string | undefined): 'Always' | 'IfNotPresent' | 'Never' {
  if (policy === 'Always' || policy === 'IfNotPresent' || policy === 'Never') return policy
  return fullImage(image).endsWith(':latest') ? 'Always' : 'IfNotPresent'
}

/** Why a pull fails, in containerd's words, or undefined where it succeeds. */
export function pullFails(registry: Registry, image: string): string | undefined {
  const full = fullImage(image)
  const host = registryOf(image)
  const fault = registry.faults.get(image) ?? registry.faults.get(full) ?? registry.faults.get(repository(image)) ?? registry.faults.get(host) ?? registry.faults.get('*')
  if (fault === undefined) return undefined
  const start = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `
  if (fault === 'not-found') return `rpc error: code = NotFound desc = ${start}${full}: not found`
  const path = full.slice(host.length + 1)
  const colon = path.lastIndexOf(':')
  const server = host === 'docker.io' ? 'registry-1.docker.io' : host
  const url = `https://${server}/v2/${path.slice(0, colon)}/manifests/${path.slice(colon + 1)}`
  return `rpc error: code = Unknown desc = ${start}failed to do request: Head "${url}": dial tcp: lookup ${server}: i/o timeout`
}

/** A size that stays the same for an image. */
export function imageBytes(image: string, random: SeededRandom): number {
  return random.fork(`size ${repository(image)}`).integer(2_000_000, 180_000_000)
}

export function imageId(image: string, random: SeededRandom): string {
  return `sha256:${random.fork(`id ${fullImage(image)}`).hex(64)}`
}
