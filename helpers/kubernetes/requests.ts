// Which requests to an API server are forbidden, judged by method and path alone.

/** Parts of a path as the server will read them: decoded, without query, empty parts and dots. */
function partsOf(path: string): readonly string[] {
  // The base only makes a URL of it; a path beginning with two slashes must not become a host.
  const { pathname } = new URL(`http://server/${path.replace(/^\/+/, '')}`)
  return pathname
    .split('/')
    .filter(part => part !== '')
    .map(part => {
      try {
        return decodeURIComponent(part).toLowerCase()
      } catch {
        return part.toLowerCase()
      }
    })
}

/** Removing claims, volumes or namespaces, one or all, and forwarding ports. Undefined: allowed. */
export function judgeRequest(method: string, path: string): string | undefined {
  const parts = partsOf(path)
  const [api, version, ...rest] = parts
  if (api !== 'api' || version !== 'v1') return undefined
  const [resource, , subresource] =
    rest[0] === 'namespaces' && rest.length > 2 ? rest.slice(2) : rest
  if (resource === 'pods' && subresource === 'portforward') return 'port-forward'
  if (method.toUpperCase() !== 'DELETE') return undefined
  if (resource === 'persistentvolumeclaims') return 'delete-claim'
  if (resource === 'persistentvolumes') return 'delete-volume'
  return resource === 'namespaces' ? 'delete-namespace' : undefined
}
