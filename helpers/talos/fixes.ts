// Fixes for a kubeconfig and a talosconfig that point to the former address of the cluster.
import { callOf } from '#src/commands/call.ts'
import { retrying } from '#src/commands/command.ts'
import { pointContext, useContext } from './kubeconfig.ts'
import { withoutUndefined } from '#src/model/json.ts'
import { putKubeconfig } from '#helpers/k3s/kubeconfig.ts'
import { nodeAccess } from '#helpers/docker/node-shell.ts'
import { configInfo, kubeconfig, setEndpoint } from './client.ts'
import { access, identity } from '#helpers/kubernetes/access.ts'
import { talosInfo } from './questions.ts'
import { mappedNow, pointsTo } from '#helpers/docker/questions.ts'
import { nodeContainers } from '#helpers/docker/questions.ts'
import {
  fix,
  type Act,
  type Policy,
  type Question,
  type Runtime,
  type Answers,
} from '#src/model/index.ts'

/**
 * ms. talosctl gives up on a silent endpoint after 20 s by itself. @source colima, recorded:
 * talosctl v1.9.0
 */
const patience = 25_000
const call = (runtime: Runtime) => callOf({ runtime }, patience)

const drifted = (server: string | undefined, port: number | undefined): boolean =>
  server !== undefined &&
  port !== undefined &&
  Number(server.split(':').at(-1)?.replace(/\/.*$/, '')) !== port

function repoint(answers: Answers, policy: Policy): readonly Act[] {
  const port =
    policy.endpoints.talos && mappedNow(answers, policy, policy.endpoints.talos.container)[0]
  if (port === undefined || policy.endpoints.talos === undefined) return []
  const info = answers.to(talosInfo(policy))
  if (info.kind !== 'known' || info.value.endpoints.some(endpoint => !drifted(endpoint, port)))
    return []
  return [
    {
      command: `talosctl config endpoint 127.0.0.1:${port}`,
      apply: runtime =>
        setEndpoint(call(runtime), `127.0.0.1:${port}`, policy.identity.talosconfig),
    },
  ]
}

const talosQuestions = (policy: Policy): readonly Question<unknown>[] => [
  ...(policy.endpoints.talos === undefined ? [] : [talosInfo(policy)]),
  ...nodeContainers(policy),
]

export const repointTalosconfig = fix({
  name: 'repoint-talosconfig',
  title: 'point the talosconfig to the Talos API’s current port',
  reason:
    'Docker hands out a new port at each start of the node container; ' +
    'only the file on this host is wrong',
  harm: 'none',
  /** One file is written; the next evaluation reads it. */
  settles: '10 s',
  observe: talosQuestions,
  plan: repoint,
})

const local = (port: number): string => `https://127.0.0.1:${port}`

/**
 * A name in the certificate of every API server. @source Kubernetes, PKI certificates: the default
 * names of kube-apiserver
 */
const certified = 'kubernetes'

/**
 * Through the Talos API, which issues a new kubeconfig. Talos writes the endpoint of its machine
 * config, an address of the container network: on a Mac it leads nowhere, so the published port
 * takes its place. @source measured with Talos v1.12.6 in Docker
 */
function fromTalos(policy: Policy, port: number): readonly Act[] {
  const {
    kubeconfig: path,
    contexts: [context],
    talosconfig,
  } = policy.identity
  if (context === undefined) return []
  return [
    {
      command: `talosctl kubeconfig --force --force-context-name ${context} ${path}`,
      async apply(runtime) {
        await configInfo(call(runtime), talosconfig)
        const options = withoutUndefined({ path, context, talosconfig })
        // Talos' own API may still be starting: writing the file again does no harm.
        await retrying(call(runtime), () => kubeconfig(call(runtime), options), {
          times: 5,
          every: '3 s',
        })
      },
    },
    {
      command: `kubectl config set-cluster <cluster of ${context}> --server=${local(port)}`,
      apply: runtime => pointContext(call(runtime), { path, context, server: local(port) }),
    },
    select(path, context),
  ]
}

const select = (path: string, context: string): Act => ({
  command: `kubectl config use-context ${context}`,
  apply: runtime => useContext(call(runtime), path, context),
})

/** Tells kubectl under which name of the certificate it finds the API. */
const name = (path: string, context: string): Act => ({
  command: `kubectl config set-cluster <cluster of ${context}> --tls-server-name=${certified}`,
  apply: runtime => pointContext(call(runtime), { path, context, serverName: certified }),
})

/**
 * From the node's own container: its k3s has a kubeconfig, in which only the port differs from
 * outside.
 */
function fromNode(policy: Policy, port: number): readonly Act[] {
  const container = policy.nodes.find(
    node => node.role === 'control-plane' && node.container !== undefined,
  )?.container?.name
  const {
    kubeconfig: path,
    contexts: [context],
  } = policy.identity
  if (container === undefined || context === undefined) return []
  return [
    {
      command:
        `docker exec ${container} cat /etc/rancher/k3s/k3s.yaml, ` +
        `its server set to ${local(port)}, into ${path}`,
      apply: runtime =>
        retrying(
          call(runtime),
          () =>
            putKubeconfig(call(runtime), {
              container,
              path,
              context,
              server: local(port),
              way: nodeAccess({ runtime, policy }),
            }),
          { times: 5, every: '3 s' },
        ),
    },
  ]
}

export const regenerateKubeconfig = fix({
  name: 'regenerate-kubeconfig',
  title: 'fetch the kubeconfig from the Talos API or the node, and select its context',
  reason:
    'after a start of the node container the API has a new port: ' +
    'kubectl is dead while everything serves',
  harm: 'none',
  /**
   * A new kubeconfig and the first answer of the API through it. @source measured on a v1.35 node:
   * API back after docker restart 5.5 s
   */
  settles: '15 s',
  observe: policy => [access, identity, ...talosQuestions(policy)],
  plan(answers, policy) {
    const [port] = mappedNow(answers, policy, policy.endpoints.api.container)
    const file = answers.to(access)
    if (port === undefined || file.kind !== 'known') return []
    const { chosen, current } = file.value
    const unverified = answers.to(identity)
    const failure = unverified.kind === 'unknown' ? unverified.failure : undefined
    // Where the target has no Talos, the node's own container is the way.
    const byTalos =
      policy.endpoints.talos !== undefined && answers.to(talosInfo(policy)).kind !== 'absent'
    const renewed = (): readonly Act[] =>
      byTalos ? [...repoint(answers, policy), ...fromTalos(policy, port)] : fromNode(policy, port)
    if (chosen === undefined || chosen.insecure || failure === 'tls') return renewed()
    if (!pointsTo(chosen.server, [port], unverified.kind === 'known')) return renewed()
    const { kubeconfig: path } = policy.identity
    if (failure === 'tls-name') return [name(path, chosen.name)]
    if (current === chosen.name) return []
    return byTalos ? [select(path, chosen.name)] : renewed()
  },
})
