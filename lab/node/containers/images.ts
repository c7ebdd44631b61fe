// Images: which a node has, which a registry gives, and the texts and back-offs of those that do
// not come.
import type { SeededRandom } from '#lab/kernel/random.ts'
import { fullImage, registryOf, repository } from '#lab/node/apps/apps.ts'

/** Why an image does not come: it is not there, or its registry cannot be reached. */
export type PullFault = 'not-found' | 'unreachable'

/**
 * What the registries out there hold: of the repositories in `pushed` those tags and no others, of
 * all others whatever they are asked for; but for the entries of `faults`, by image, by repository,
 * by registry host, or `*` for all of them.
 */
export interface Registry {
  readonly faults: Map<string, PullFault>
  /** Tags by repository. */
  readonly pushed: ReadonlyMap<string, ReadonlySet<string>>
}

/** Images, as their registries hold them. */
export function pushedOf(images: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byRepository = Map.groupBy(images, repository)
  return new Map([...byRepository].map(([name, list]) => [name, new Set(list.map(fullImage))]))
}

/**
 * A digest names what it names, wherever it is; on its own machine a node has no registry: what
 * listens there says 404.
 * @source measured on a v1.35 node: NotFound
 */
const isPushed = ({ pushed }: Registry, image: string): boolean =>
  image.includes('@') ||
  (pushed.get(repository(image))?.has(fullImage(image)) ??
    !/^localhost(:|$)/.test(registryOf(image)))

/** The upstream default: Always for `latest` and for no tag, else IfNotPresent. */
export function pullPolicy(
  image: string,
  policy: string | undefined,
): 'Always' | 'IfNotPresent' | 'Never' {
  if (policy === 'Always' || policy === 'IfNotPresent' || policy === 'Never') return policy
  return fullImage(image).endsWith(':latest') ? 'Always' : 'IfNotPresent'
}

/** Why a pull fails, in containerd's words, or undefined where it succeeds. */
export function pullFails(registry: Registry, image: string): string | undefined {
  const full = fullImage(image)
  const host = registryOf(image)
  const fault =
    registry.faults.get(image) ??
    registry.faults.get(full) ??
    registry.faults.get(repository(image)) ??
    registry.faults.get(host) ??
    registry.faults.get('*') ??
    (isPushed(registry, image) ? undefined : 'not-found')
  if (fault === undefined) return undefined
  const start = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `
  // The gRPC code stands only where containerd knows it.
  // @source measured on a v1.35 node: both texts
  if (fault === 'not-found') return `rpc error: code = NotFound desc = ${start}${full}: not found`
  const path = full.slice(host.length + 1)
  const colon = path.lastIndexOf(':')
  const server = host === 'docker.io' ? 'registry-1.docker.io' : host
  const url = `https://${server}/v2/${path.slice(0, colon)}/manifests/${path.slice(colon + 1)}`
  return `${start}failed to do request: Head "${url}": dial tcp: lookup ${server}: i/o timeout`
}

/** A size that stays the same for an image. */
export function imageBytes(image: string, random: SeededRandom): number {
  return random.fork(`size ${repository(image)}`).integer(2_000_000, 180_000_000)
}

export function imageId(image: string, random: SeededRandom): string {
  return `sha256:${random.fork(`id ${fullImage(image)}`).hex(64)}`
}
