// Endpoints: kubeconfig and talosconfig lead to this cluster, at the ports where it is now, with
// TLS that verifies.
import { regenerateKubeconfig, repointTalosconfig } from '#helpers/talos/fixes.ts'
import {
  fact,
  invariant,
  notApplicable,
  unknown,
  verify,
  type Answers,
  type Policy,
  present,
} from '#helpers/index.ts'
import { access, identity } from '#helpers/kubernetes/access.ts'
import { talosInfo } from '#helpers/talos/questions.ts'
import { mappedNow, pointsTo } from '#helpers/docker/questions.ts'
import { carrierContainers } from '#helpers/docker/questions.ts'
import { nodeContainer } from '#helpers/docker/questions.ts'

const cluster = (policy: Policy) => [{ name: policy.cluster }]

/**
 * Host ports at which a container-side port is published now; unknown until every container that
 * could publish it has been seen.
 */
function publishedNow(answers: Answers, policy: Policy, container: number): readonly number[] {
  if (carrierContainers(policy).length === 0)
    notApplicable('the control planes are not containers of this host: nothing maps their ports')
  for (const question of carrierContainers(policy)) answers(question)
  const hosts = mappedNow(answers, policy, container)
  return hosts.length > 0
    ? hosts
    : unknown(`port ${container} is not published now: is the node container running?`)
}

/** Talos writes the node's own address: the published port has to be set after it. */
const renewal = ({ identity }: Policy): string =>
  `talosctl kubeconfig --force ${identity.kubeconfig}, then set its server to ` +
  `https://127.0.0.1:<port>, then kubectl config use-context ${identity.contexts[0]}`

const noContext = fact('no-context', (names: readonly string[], policy: Policy) => ({
  seen: `contexts: ${names.join(', ') || 'none'}`,
  expected: `one of ${policy.identity.contexts.join(', ')}`,
  remedy: renewal(policy),
}))

const apiMoved = fact(
  'port-drifted',
  (context: { name: string; server: string }, ports: readonly number[], policy: Policy) => ({
    seen: `context ${context.name} points to ${context.server}`,
    expected: `the API is mapped at 127.0.0.1:${ports.join(', ')} now`,
    remedy: renewal(policy),
  }),
)

export const kubeconfigPointsToTheApi = invariant({
  name: 'kubeconfig-points-to-the-api',
  title: 'the kubeconfig points to the API’s current port',
  reason: 'unpinned ports change at each start of the node container: services work, kubectl fails',
  subjects: cluster,
  observe: policy => [access, identity, ...carrierContainers(policy)],
  healedBy: [regenerateKubeconfig],
  facts: [noContext, apiMoved],
  judge(_, answers, policy) {
    const ports = publishedNow(answers, policy, policy.endpoints.api.container)
    const { chosen, contexts } = answers(access)
    if (chosen === undefined)
      return noContext(
        contexts.map(({ name }) => name),
        policy,
      )
    const isCurrent = pointsTo(chosen.server, ports, answers.to(identity).kind === 'known')
    return !isCurrent && apiMoved(chosen, ports, policy)
  },
})

const talosMoved = fact(
  'port-drifted',
  (endpoints: readonly string[], ports: readonly number[]) => ({
    seen: `talosconfig's endpoints are ${endpoints.join(', ') || 'not set'}`,
    expected: `the Talos API is mapped at 127.0.0.1:${ports.join(', ')} now`,
    remedy: `talosctl config endpoint 127.0.0.1:${ports[0]}`,
  }),
)

export const talosconfigPointsToTalos = invariant({
  name: 'talosconfig-points-to-talos',
  title: 'the talosconfig points to the Talos API’s current port',
  reason: 'talosctl is the only way into a node without a shell, and the way to a new kubeconfig',
  subjects: cluster,
  observe: policy =>
    present(policy.endpoints.talos).flatMap(() => [
      talosInfo(policy),
      ...carrierContainers(policy),
    ]),
  healedBy: [repointTalosconfig],
  facts: [talosMoved],
  judge(_, answers, policy) {
    const { talos } = policy.endpoints
    if (talos === undefined) return notApplicable('this cluster does not run Talos')
    const ports = publishedNow(answers, policy, talos.container)
    const { endpoints } = answers(talosInfo(policy))
    const isCurrent = endpoints.some(each => ports.includes(Number(each.split(':').at(-1))))
    return !isCurrent && talosMoved(endpoints, ports)
  },
})

const notVerified = fact('tls-not-verified', (context: string) => ({
  seen: `context ${context} sets insecure-skip-tls-verify`,
  expected: 'the CA of the cluster, verified',
  remedy: 'regenerate the kubeconfig; do not copy the insecure one back',
}))

const tlsFails = fact('tls-fails', (why: string) => ({
  seen: why,
  expected: 'a certificate for this server, signed by the CA in the kubeconfig',
  remedy: 'find out what listens on that port; then regenerate the kubeconfig',
}))

export const tlsVerifies = invariant({
  name: 'tls-verifies',
  title: 'TLS to the API verifies against the kubeconfig',
  reason: 'a tool that skips verification takes whatever listens on the port for this cluster',
  subjects: cluster,
  observe: () => [access, identity],
  healedBy: [regenerateKubeconfig],
  facts: [notVerified, tlsFails],
  judge(_, answers) {
    const { chosen } = answers(access)
    if (chosen?.insecure === true) return notVerified(chosen.name)
    const answer = answers.to(identity)
    if (answer.kind === 'unknown' && answer.failure !== undefined) return tlsFails(answer.why)
    answers(identity)
    return undefined
  },
})

const foreignCluster = fact(
  'foreign-cluster',
  (server: string, uid: string, wanted: string | undefined) => ({
    seen: `${server} is the cluster whose kube-system has uid ${uid}`,
    expected: `uid ${wanted}`,
    remedy: 'correct the context, or the uid in the policy if the cluster was recreated on purpose',
  }),
)

const otherContext = fact('current-context', (current: string | undefined, chosen: string) => ({
  seen: `the current context is ${current ?? 'not set'}`,
  expected: `${chosen}, so that people and scripts reach what holdfast judges`,
  remedy: `kubectl config use-context ${chosen}`,
}))

export const contextIsThisCluster = invariant({
  name: 'context-is-this-cluster',
  title: 'the current context answers and is this cluster',
  reason: 'with a stale context, every kubectl command goes to a cluster that is dead or not yours',
  subjects: cluster,
  observe: () => [access, identity],
  healedBy: [regenerateKubeconfig],
  facts: [foreignCluster, otherContext],
  judge(_, answers, policy) {
    const { chosen, current } = answers(access)
    const { uid, server } = answers(identity)
    const wanted = policy.identity.kubeSystemUid
    return [
      wanted !== undefined && uid !== wanted && foreignCluster(server, uid, wanted),
      chosen !== undefined && current !== chosen.name && otherContext(current, chosen.name),
    ]
  },
})

const notPublished = fact('not-published', (nodes: readonly string[], container: number) => ({
  seen:
    nodes.length === 1
      ? `node ${nodes[0]} does not publish ${container}/tcp`
      : `none of the nodes ${nodes.join(', ')} publishes ${container}/tcp`,
  expected: `${container}/tcp is published`,
  remedy: 'recreate the container with the port, or hot-add it',
}))

const pinnedUnawares = fact('pinned-unawares', (node: string, host: number | undefined) => ({
  seen: `node ${node} pins it to ${host}`,
  expected: 'random, as the policy declares',
  remedy: 'write the pinned port into the policy',
}))

const notPinned = fact(
  'not-pinned',
  (node: string, host: number | undefined, pinned: number, container: number) => ({
    seen:
      host === undefined
        ? `Docker picks a random host port for node ${node} at each start`
        : `node ${node} pins it to ${host}`,
    expected: `pinned to ${pinned}`,
    remedy:
      `recreate the container with ${pinned}:${container}, ` +
      'or change the policy and rely on the kubeconfig fix',
  }),
)

const apiPorts = ({ endpoints: { api, talos } }: Policy) => [
  { name: `API ${api.container}`, ...api },
  ...present(talos).map(port => ({ name: `Talos ${port.container}`, ...port })),
]

/** Control planes that are containers, with the binding that each was created with. */
const declaredBy = (answers: Answers, { nodes }: Policy, container: number) =>
  nodes
    .filter(({ role }) => role === 'control-plane')
    .flatMap(({ name: node, container: carrier }) =>
      present(carrier).map(({ name }) => {
        const { declared } = answers(nodeContainer(name))
        return { node, binding: declared.find(each => each.container === container) }
      }),
    )
type Declared = ReturnType<typeof declaredBy>[number]

function wrongPin({ node, binding }: Declared, container: number, pinned: number | undefined) {
  if (binding === undefined || binding.host === pinned) return undefined
  if (pinned === undefined) return pinnedUnawares(node, binding.host)
  return notPinned(node, binding.host, pinned, container)
}

export const bindingsAreAsDeclared = invariant({
  name: 'api-bindings-are-as-declared',
  title: 'the API ports are bound, pinned or random, as the policy declares',
  reason: 'an operator who believes that a port is pinned does not notice when it drifts',
  subjects: apiPorts,
  observe: carrierContainers,
  facts: [notPublished, pinnedUnawares, notPinned],
  judge({ container, pinned, publishedBy }, answers, policy) {
    const all = declaredBy(answers, policy, container)
    if (all.length === 0) notApplicable('the control planes are not containers of this host')
    const silent = all.filter(({ binding }) => binding === undefined).map(({ node }) => node)
    return [
      publishedBy === 'every-control-plane'
        ? silent.map(node => notPublished([node], container))
        : silent.length === all.length && notPublished(silent, container),
      all.map(each => wrongPin(each, container, pinned)),
    ]
  },
})

verify(
  import.meta,
  kubeconfigPointsToTheApi,
  talosconfigPointsToTalos,
  tlsVerifies,
  contextIsThisCluster,
  bindingsAreAsDeclared,
)
