// Names of images: their tags and digests.
import type { Container } from '#src/model/index.ts'

/**
 * Tag and digest of a container's image; a port of the registry is no tag. @source Kubernetes,
 * images: image names
 */
export function partsOf({ image }: Container): { tag?: string; digest?: string } {
  const [name = '', digest] = typeof image === 'string' ? image.split('@') : []
  const last = name.slice(name.lastIndexOf('/') + 1)
  const tag = last.includes(':') ? { tag: last.slice(last.indexOf(':') + 1) } : {}
  return digest === undefined ? tag : { ...tag, digest }
}

/** Whether a container's image is named by a digest, or by a tag other than `latest`. */
export function isPinned(container: Container): boolean {
  const { tag, digest } = partsOf(container)
  return digest !== undefined || (tag !== undefined && tag !== 'latest')
}
