// Variables that Kubernetes sets in pods for each Service of their namespace.
import type { Service } from '#src/model/index.ts'
import { items } from './templates.ts'

const inUpperCase = (text: string): string => text.toUpperCase().replaceAll('-', '_')

/**
 * Variables that Kubernetes sets in every pod of a Service's namespace. @source Kubernetes,
 * services: environment variables
 */
export function injectedBy({ metadata, spec }: Service): readonly string[] {
  if (spec?.clusterIP === 'None' || spec?.type === 'ExternalName') return []
  const own = inUpperCase(metadata.name)
  const ofPorts = items(spec?.ports).flatMap(([port]) => {
    const legacy = `${own}_PORT_${port.port}_${port.protocol ?? 'TCP'}`
    const named = port.name === undefined ? [] : [`${own}_SERVICE_PORT_${inUpperCase(port.name)}`]
    return [legacy, `${legacy}_PROTO`, `${legacy}_PORT`, `${legacy}_ADDR`, ...named]
  })
  return [`${own}_SERVICE_HOST`, `${own}_SERVICE_PORT`, `${own}_PORT`, ...ofPorts]
}
