// The section of Docker in a policy: the container that is a node.
import { z } from 'zod'
import { name, size } from '#src/model/policy/values.ts'

/** The node as a container of the host's Docker. */
const container = z.strictObject({
  name,
  restartPolicy: z.enum(['unless-stopped', 'always', 'on-failure']),
  memory: size,
  cpus: z.number().positive(),
})

export const sections = { node: { container: container.optional() } } as const

declare module '#src/model/runtime.ts' {
  interface Capabilities {
    docker: true
  }
}
