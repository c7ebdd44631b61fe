// Endpoints: kubeconfig and talosconfig lead to this cluster, at the ports where it is now, with
// TLS that verifies.
import { regenerateKubeconfig, repointTalosconfig } from '#helpers/talos/fixes.ts'
import {
  invariant,
  notApplicable,
  unknown,
  verify,
  type Policy,
  type Answers,
} from '#helpers/index.ts'
import { access, identity, talosInfo } from '#helpers/kubernetes/access.ts'
import { carrierContainers, mappedNow } from '#helpers/host/questions.ts'

const cluster = (policy: Policy) => [{ name: policy.cluster }]

/**
 * Host ports at which a container-side port is published now. Without a look at every container
 * that could publish it: unknown.
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

export const kubeconfigPointsToTheApi = invariant({
  name: 'kubeconfig-points-to-the-api',
  title: 'the kubeconfig points to the port at which the API is mapped now',
  reason:
    'unpinned ports change at each start of the node container: everything serves, and every kubectl-dependent tool fails',
  subjects: cluster,
  observe: policy => [access, ...carrierContainers(policy)],
  healedBy: [regenerateKubeconfig],
  judge(_, answers, policy) {
    const ports = publishedNow(answers, policy, policy.endpoints.api.container)
    const { chosen, contexts } = answers(access)
    const remedy = `talosctl kubeconfig --force ${policy.identity.kubeconfig}, then kubectl config use-context ${policy.identity.contexts[0]}`
    if (chosen === undefined) {
      return [
        {
          code: 'no-context',
          seen: `contexts: ${contexts.map(context => context.name).join(', ') || 'none'}`,
          expected: `one of ${policy.identity.contexts.join(', ')}`,
          remedy,
        },
      ]
    }
    const url = new URL(chosen.server)
    if (ports.includes(Number(url.port))) return []
    return [
      {
        code: 'port-drifted',
        seen: `context ${chosen.name} points to ${chosen.server}`,
        expected: `the API is mapped at 127.0.0.1:${ports.join(', ')} now`,
        remedy,
      },
    ]
  },
})

export const talosconfigPointsToTalos = invariant({
  name: 'talosconfig-points-to-talos',
  title: 'the talosconfig points to the port at which the Talos API is mapped now',
  reason: 'talosctl is the only way into a node without a shell, and the way to a new kubeconfig',
  subjects: cluster,
  observe: policy =>
    policy.endpoints.talos === undefined ? [] : [talosInfo(policy), ...carrierContainers(policy)],
  healedBy: [repointTalosconfig],
  judge(_, answers, policy) {
    if (policy.endpoints.talos === undefined)
      return notApplicable('this cluster does not run Talos')
    const ports = publishedNow(answers, policy, policy.endpoints.talos.container)
    const { endpoints } = answers(talosInfo(policy))
    return endpoints.some(endpoint => ports.includes(Number(endpoint.split(':').at(-1))))
      ? []
      : [
          {
            code: 'port-drifted',
            seen: `talosconfig's endpoints are ${endpoints.join(', ') || 'not set'}`,
            expected: `the Talos API is mapped at 127.0.0.1:${ports.join(', ')} now`,
            remedy: `talosctl config endpoint 127.0.0.1:${ports[0]}`,
          },
        ]
  },
})

export const tlsVerifies = invariant({
  name: 'tls-verifies',
  title: 'TLS to the API verifies against the kubeconfig',
  reason:
    'a tool that skips verification cannot tell this cluster from whatever else listens on its old port',
  subjects: cluster,
  observe: () => [access, identity],
  healedBy: [regenerateKubeconfig],
  judge(_, answers) {
    const { chosen } = answers(access)
    if (chosen?.insecure === true) {
      return [
        {
          code: 'tls-not-verified',
          seen: `context ${chosen.name} says insecure-skip-tls-verify`,
          expected: 'the CA of the cluster, verified',
          remedy: 'regenerate the kubeconfig; do not copy the insecure one back',
        },
      ]
    }
    const answer = answers.to(identity)
    if (answer.kind === 'unknown' && /tls|certificate|ssl|cert_/i.test(answer.why)) {
      return [
        {
          code: 'tls-fails',
          seen: answer.why,
          expected: 'the server presents a certificate of the CA in the kubeconfig',
          remedy: 'find out what listens on that port; then regenerate the kubeconfig',
        },
      ]
    }
    answers(identity)
    return []
  },
})

export const contextIsThisCluster = invariant({
  name: 'context-is-this-cluster',
  title: 'the chosen context is alive and is this cluster',
  reason:
    'a stale context of a dead cluster sorts first by name; picking it once sent every check to nowhere',
  subjects: cluster,
  observe: () => [access, identity],
  judge(_, answers, policy) {
    const { chosen, current } = answers(access)
    const wrongDefault =
      chosen !== undefined && current !== chosen.name
        ? [
            {
              code: 'current-context',
              seen: `the current context is ${current ?? 'not set'}`,
              expected: `${chosen.name}, so that people and scripts reach what holdfast judges`,
              remedy: `kubectl config use-context ${chosen.name}`,
            },
          ]
        : []
    const { uid, server } = answers(identity)
    const wanted = policy.identity.kubeSystemUid
    const foreign =
      wanted !== undefined && uid !== wanted
        ? [
            {
              code: 'foreign-cluster',
              seen: `${server} is the cluster whose kube-system has uid ${uid}`,
              expected: `uid ${wanted}`,
              remedy:
                'correct the context, or the uid in the policy if the cluster was recreated on purpose',
            },
          ]
        : []
    return [...foreign, ...wrongDefault]
  },
  healedBy: [regenerateKubeconfig],
})

export const bindingsAreAsDeclared = invariant({
  name: 'api-bindings-are-as-declared',
  title: 'the bindings of the API ports are pinned or random as the policy says',
  reason: 'who believes that a port is pinned does not look when it drifts',
  subjects: policy => [
    { name: `API ${policy.endpoints.api.container}`, ...policy.endpoints.api },
    ...(policy.endpoints.talos === undefined
      ? []
      : [{ name: `Talos ${policy.endpoints.talos.container}`, ...policy.endpoints.talos }]),
  ],
  observe: carrierContainers,
  judge({ container, pinned }, answers, policy) {
    if (carrierContainers(policy).length === 0)
      notApplicable('the control planes are not containers of this host')
    return carrierContainers(policy).flatMap(question => {
      const declared = answers(question).declared.find(binding => binding.container === container)
      if (declared === undefined)
        return [
          {
            code: 'not-published',
            seen: `${container}/tcp is not published`,
            expected: 'it is',
            remedy: 'recreate the container with the port, or hot-add it',
          },
        ]
      if (declared.host === pinned) return []
      return [
        {
          code: pinned === undefined ? 'pinned-unawares' : 'not-pinned',
          seen:
            declared.host === undefined
              ? 'Docker picks a random host port at each start'
              : `pinned to ${declared.host}`,
          expected: pinned === undefined ? 'random, as the policy says' : `pinned to ${pinned}`,
          remedy:
            pinned === undefined
              ? 'write the pinned port into the policy'
              : `recreate the container with ${pinned}:${container}, or change the policy and rely on the kubeconfig fix`,
        },
      ]
    })
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
