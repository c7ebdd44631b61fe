// Images: which of them registries serve, and the messages of failed pulls.
import type { SeededRandom } from '#lab/kernel/random.ts'
import { fullImage, registryOf, repository } from '#lab/node/apps/apps.ts'

/** Why a pull fails: the image does not exist, or its registry is unreachable. */
export type PullFault = 'not-found' | 'unreachable'

/**
 * The images that registries serve: of the repositories in `pushed` only these tags, of all others
 * every image. `faults` are exceptions, by image, repository, registry host, or `*` for all.
 */
export interface Registry {
  readonly faults: Map<string, PullFault>
  /** Tags by repository. */
  readonly pushed: ReadonlyMap<string, ReadonlySet<string>>
}

/** Pushed images as tags by repository. */
export function pushedOf(images: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byRepository = Map.groupBy(images, repository)
  return new Map([...byRepository].map(([name, list]) => [name, new Set(list.map(fullImage))]))
}

/**
 * Whether a registry lacks an image. A digest always exists. A node has no registry on its own
 * machine: the server that listens there answers 404.
 * @source measured on a v1.35 node: NotFound
 */
const isPushed = ({ pushed }: Registry, image: string): boolean =>
  image.includes('@') ||
  (pushed.get(repository(image))?.has(fullImage(image)) ??
    !/^localhost(:|$)/.test(registryOf(image)))

/** The upstream default: Always for `latest` and without a tag, otherwise IfNotPresent. */
export function pullPolicy(
  image: string,
  policy: string | undefined,
): 'Always' | 'IfNotPresent' | 'Never' {
  if (policy === 'Always' || policy === 'IfNotPresent' || policy === 'Never') return policy
  return fullImage(image).endsWith(':latest') ? 'Always' : 'IfNotPresent'
}

/** Why a pull fails, in containerd's words; undefined if it succeeds. */
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
  // The message contains the gRPC code only if containerd knows it.
  // @source measured on a v1.35 node: both texts
  if (fault === 'not-found') return `rpc error: code = NotFound desc = ${start}${full}: not found`
  const path = full.slice(host.length + 1)
  const colon = path.lastIndexOf(':')
  const server = host === 'docker.io' ? 'registry-1.docker.io' : host
  const url = `https://${server}/v2/${path.slice(0, colon)}/manifests/${path.slice(colon + 1)}`
  return `${start}failed to do request: Head "${url}": dial tcp: lookup ${server}: i/o timeout`
}

/** The size of an image, random but constant. */
export function imageBytes(image: string, random: SeededRandom): number {
  return random.fork(`size ${repository(image)}`).integer(2_000_000, 180_000_000)
}

export function imageId(image: string, random: SeededRandom): string {
  return `sha256:${random.fork(`id ${fullImage(image)}`).hex(64)}`
}
