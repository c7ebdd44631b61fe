// Questions about the way in: the kubeconfig on the host, and the cluster behind its contexts.
import { chooseContext, openKube, resources, readKubeconfig } from '#src/kubernetes/client.ts'
import { permission } from '#src/kubernetes/permission.ts'
import type { Question } from '#src/model/index.ts'

export interface ContextView {
  name: string
  server: string
  insecure: boolean
}

export interface Access {
  /** Contexts of the file, as written. */
  contexts: readonly ContextView[]
  current: string | undefined
  /** The context that the policy's names choose. */
  chosen: ContextView | undefined
}

/** The kubeconfig's contexts and which of them the policy chooses. */
export const access: Question<Access> = {
  key: 'access.kubeconfig',
  description: 'read the kubeconfig',
  origin: 'kubeconfig',
  needs: ['kubeconfig'],
  async ask(asking) {
    const { identity } = asking.policy
    const config = await readKubeconfig(asking, identity.kubeconfig)
    const found = chooseContext(config, identity.contexts)
    return {
      contexts: config.contexts,
      current: config.current,
      chosen: config.contexts.find(context => context.name === found),
    }
  },
}

/**
 * uid of kube-system behind the chosen context: the cluster's identity. Proves that the context is
 * alive and TLS verifies.
 */
export const identity: Question<{ context: string; server: string; uid: string }> = {
  key: 'access.identity',
  description: 'ask the chosen context who it is',
  origin: 'kubernetes',
  needs: ['kubernetes', 'kubeconfig'],
  permissions: [permission('get', resources.namespaces, { name: 'kube-system' })],
  async ask(asking) {
    const api = await openKube(asking, asking.policy.identity)
    const system = await api.get(resources.namespaces, 'kube-system')
    if (system?.metadata.uid === undefined)
      throw new Error(`${api.server} has no namespace kube-system`)
    return { context: api.context, server: api.server, uid: system.metadata.uid }
  },
}
