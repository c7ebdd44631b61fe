// Talos by talosctl: its endpoints, and a new kubeconfig from the cluster itself.
import { z } from 'zod'
import { parsed, run } from '#src/commands/command.ts'
import type { Call } from '#src/commands/call.ts'

export interface TalosInfo {
  context: string
  /** Addresses of the nodes as the endpoints know them; empty when none are set. */
  nodes: readonly string[]
  /** Where talosctl connects, with a port only where one is set. */
  endpoints: readonly string[]
  roles: readonly string[]
  /** Day on which the client certificate ends, `YYYY-MM-DD`, where talosctl reports it. */
  certificateUntil?: string
}

const infoShape = z.object({
  context: z.string(),
  nodes: z.array(z.string()).nullish(),
  endpoints: z.array(z.string()).nullish(),
  roles: z.array(z.string()).nullish(),
  certNotAfter: z.string().optional(),
})

const expanded = (call: Call, path: string): string =>
  path.startsWith('~/') ? `${call.runtime.home}/${path.slice(2)}` : path
const withConfig = (call: Call, talosconfig: string | undefined): string[] =>
  talosconfig === undefined ? [] : ['--talosconfig', expanded(call, talosconfig)]

/** The current context of the talosconfig. Rejects when there is none. */
export async function configInfo(call: Call, talosconfig?: string): Promise<TalosInfo> {
  const description = 'talosctl config info'
  const text = await run(
    call,
    ['talosctl', ...withConfig(call, talosconfig), 'config', 'info', '-o', 'json'],
    { description },
  )
  const info = infoShape.safeParse(parsed(description, text))
  if (!info.success)
    throw new Error(
      `${description} printed something else than expected: “${text.trim().slice(0, 80)}”`,
    )
  const { context, nodes, endpoints, roles, certNotAfter } = info.data
  return {
    context,
    nodes: nodes ?? [],
    endpoints: endpoints ?? [],
    roles: roles ?? [],
    ...(certNotAfter === undefined ? {} : { certificateUntil: certNotAfter }),
  }
}

/**
 * Has the cluster write its kubeconfig into a file, over a context of the same name, whose file
 * stays otherwise as it
 * is. `context` names it: without it the context is called after the cluster, which an older
 * cluster may have been
 * called, too. `nodes` only where the talosconfig does not name them.
 */
export async function kubeconfig(
  call: Call,
  options: { path: string; talosconfig?: string; nodes?: readonly string[]; context?: string },
): Promise<void> {
  const nodes = options.nodes === undefined ? [] : ['--nodes', options.nodes.join(',')]
  const argv = [
    'talosctl',
    ...withConfig(call, options.talosconfig),
    ...nodes,
    'kubeconfig',
    '--force',
    ...(options.context === undefined ? [] : ['--force-context-name', options.context]),
    expanded(call, options.path),
  ]
  await run(call, argv, { description: 'talosctl kubeconfig --force' })
}

/** Sets where talosctl connects, for the current context, e.g. `127.0.0.1:50000`. */
export async function setEndpoint(
  call: Call,
  endpoint: string,
  talosconfig?: string,
): Promise<void> {
  await run(call, ['talosctl', ...withConfig(call, talosconfig), 'config', 'endpoint', endpoint], {
    description: `talosctl config endpoint ${endpoint}`,
  })
}
