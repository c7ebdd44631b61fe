// Talos by talosctl: where it would go, and a new kubeconfig from the cluster itself.
import { z } from 'zod'
import { parsed, run } from '#src/commands/command.ts'
import type { Tools } from '#src/commands/tools.ts'

export interface TalosInfo {
  context: string
  /** Addresses of the nodes as the endpoints know them; empty when none are set. */
  nodes: readonly string[]
  /** Where talosctl connects, with a port only where one is set. */
  endpoints: readonly string[]
  roles: readonly string[]
  /** Day on which the client certificate ends, `YYYY-MM-DD`, where talosctl tells it. */
  certificateUntil?: string
}

const infoShape = z.object({
  context: z.string(),
  nodes: z.array(z.string()).nullish(),
  endpoints: z.array(z.string()).nullish(),
  roles: z.array(z.string()).nullish(),
  certNotAfter: z.string().optional(),
})

const expanded = (tools: Tools, path: string): string =>
  path.startsWith('~/') ? `${tools.reach.home}/${path.slice(2)}` : path
const withConfig = (tools: Tools, talosconfig: string | undefined): string[] =>
  talosconfig === undefined ? [] : ['--talosconfig', expanded(tools, talosconfig)]

/** The current context of the talosconfig. Rejects when there is none. */
export async function configInfo(tools: Tools, talosconfig?: string): Promise<TalosInfo> {
  const says = 'talosctl config info'
  const text = await run(
    tools,
    ['talosctl', ...withConfig(tools, talosconfig), 'config', 'info', '-o', 'json'],
    { says },
  )
  const info = infoShape.safeParse(parsed(says, text))
  if (!info.success)
    throw new Error(`${says} printed something else than expected: “${text.trim().slice(0, 80)}”`)
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
 * Has the cluster write its kubeconfig into a file, over a context of the same name, whose file stays otherwise as it
 * is. `context` names it: without it the context is called after the cluster, which an older cluster may have been
 * called, too. `nodes` only where the talosconfig does not name them.
 */
export async function kubeconfig(
  tools: Tools,
  options: { path: string; talosconfig?: string; nodes?: readonly string[]; context?: string },
): Promise<void> {
  const nodes = options.nodes === undefined ? [] : ['--nodes', options.nodes.join(',')]
  const argv = [
    'talosctl',
    ...withConfig(tools, options.talosconfig),
    ...nodes,
    'kubeconfig',
    '--force',
    ...(options.context === undefined ? [] : ['--force-context-name', options.context]),
    expanded(tools, options.path),
  ]
  await run(tools, argv, { says: 'talosctl kubeconfig --force' })
}

/** Sets where talosctl connects, for the current context, e.g. `127.0.0.1:50000`. */
export async function setEndpoint(
  tools: Tools,
  endpoint: string,
  talosconfig?: string,
): Promise<void> {
  await run(
    tools,
    ['talosctl', ...withConfig(tools, talosconfig), 'config', 'endpoint', endpoint],
    { says: `talosctl config endpoint ${endpoint}` },
  )
}
