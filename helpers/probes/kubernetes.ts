// Questions to the Kubernetes API: each kind listed once a run, however many invariants look at it.
import { openKube, resources, type Resource } from '../adapters/kube.ts'
import type {
  Asking, EndpointSlice, Event, KubeObject, Lease, Namespace, Node, Pod, Question, Service, Volume, VolumeClaim, WebhookConfiguration, WorkloadObject,
} from '../words/index.ts'

/** The API of the policy's cluster, by its kubeconfig and the best of its contexts. */
export const kube = (asking: Pick<Asking, 'reach' | 'policy' | 'deadline' | 'signal'>) => openKube(asking, asking.policy.identity)

function listOf<T extends KubeObject>(resource: Resource<T>): Question<T[]> {
  return {
    key: `kubernetes.${resource.plural}`,
    says: `list ${resource.plural}`,
    origin: 'kubernetes',
    needs: ['kubernetes'],
    async ask(asking) {
      return (await kube(asking)).list(resource)
    },
  }
}

export const pods: Question<Pod[]> = listOf(resources.pods)
export const nodes: Question<Node[]> = listOf(resources.nodes)
export const services: Question<Service[]> = listOf(resources.services)
export const deployments: Question<WorkloadObject[]> = listOf(resources.deployments)
export const statefulSets: Question<WorkloadObject[]> = listOf(resources.statefulsets)
export const daemonSets: Question<WorkloadObject[]> = listOf(resources.daemonsets)
export const events: Question<Event[]> = listOf(resources.events)
export const leases: Question<Lease[]> = listOf(resources.leases)
export const claims: Question<VolumeClaim[]> = listOf(resources.persistentvolumeclaims)
export const volumes: Question<Volume[]> = listOf(resources.persistentvolumes)
export const slices: Question<EndpointSlice[]> = listOf(resources.endpointslices)
export const namespaces: Question<Namespace[]> = listOf(resources.namespaces)
export const webhooks: Question<WebhookConfiguration[]> = listOf(resources.mutatingwebhookconfigurations)

/** Whether the API server says of itself that it is ready: `/readyz`. */
export const apiReady: Question<{ server: string; context: string; status: number; body: string }> = {
  key: 'kubernetes.readyz',
  says: 'ask the API server whether it is ready',
  origin: 'kubernetes',
  needs: ['kubernetes'],
  async ask(asking) {
    const api = await kube(asking)
    const { status, body } = await api.raw('/readyz')
    return { server: api.server, context: api.context, status, body: body.slice(0, 200) }
  },
}
